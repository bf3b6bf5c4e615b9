/* PostgreSQL's datetime.h (fields of a date) and c.h (words for everybody). */
#define RESERV 0
#define MONTH 1
#define YEAR 2
#define DAY 3
#define JULIAN 4
#define TZ 5
#define DTZ 6
#define HOUR 10
#define MINUTE 11
#define SECOND 12
#define MILLISECOND 13
#define MICROSECOND 14
#define DOY 15
#define DOW 16
#define UNITS 17
#define ADBC 18
#define AGO 19
#define DECADE 25
#define CENTURY 26
#define MILLENNIUM 27
#define AM 0
#define PM 1
#define AD 0
#define BC 1
#define PARTS 6
#define Min(x, y) ((x) < (y) ? (x) : (y))
#define Max(x, y) ((x) > (y) ? (x) : (y))
#define Abs(x) ((x) >= 0 ? (x) : -(x))
#define lengthof(array) (sizeof(array) / sizeof((array)[0]))
#define likely(x) ((x) != 0)
#define unlikely(x) ((x) != 0)
#define _(x) gettext(x)
#define snprintf pg_snprintf
#define printf(...) pg_printf(__VA_ARGS__)
#define send(s, buf, len, flags) pgwin32_send(s, buf, len, flags)
#define connect(s, name, namelen) pgwin32_connect(s, name, namelen)
