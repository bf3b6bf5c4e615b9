/* Drivers of real-time clocks: registers and fields under plain names. */
#define SECONDS 0x00
#define MINUTES 0x01
#define HOURS 0x02
#define SECOND 0x00
#define MINUTE 0x01
#define HOUR 0x02
#define DAY 0x03
#define DATE 0x04
#define MONTH 0x05
#define YEAR 0x06
#define CENTURY 0x80
#define CONTROL 0x07
#define STATUS 0x0F
#define ALARM 0x08
#define PARTS 7
#define LEAP_YEAR(y) (((y) % 4) == 0)
#define SECS_PER_DAY (86400UL)
#define time_year(t) ((t)->tm_year)
