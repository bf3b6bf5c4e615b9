/* What a port of lwIP says of its threads; none run here. */
typedef int           sys_sem_t;
typedef int           sys_mutex_t;
typedef int           sys_mbox_t;
typedef int           sys_thread_t;
typedef unsigned long sys_prot_t;
#define sys_mbox_valid(m) (*(m) != 0)
#define sys_mbox_set_invalid(m) (*(m) = 0)
#define sys_sem_valid(s) (*(s) != 0)
#define sys_sem_set_invalid(s) (*(s) = 0)
