/* examples/tcp.h, the connection with a deadline. All addresses are of the loopback. */
#include "support.h"
#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/time.h>

/* The addresses of the host name: set by each test. */
static struct addrinfo    known[3];
static struct sockaddr_in known_address[3];

static int look_up(const char *host, const char *port, const struct addrinfo *want,
                   struct addrinfo **found)
{
    (void)host;
    (void)port;
    assert_int_equal(want->ai_socktype, SOCK_STREAM);
    *found = known;
    return 0;
}

static void forget(struct addrinfo *found) { assert_ptr_equal(found, known); }

#define getaddrinfo look_up
#define freeaddrinfo forget
#include "../examples/tcp.h"
#undef getaddrinfo
#undef freeaddrinfo

static void has_addresses(const int *listeners, int count)
{
    int i;
    memset(known, 0, sizeof known);
    for (i = 0; i < count; i++) {
        socklen_t size = sizeof known_address[i];
        assert_int_equal(getsockname(listeners[i], (struct sockaddr *)&known_address[i], &size), 0);
        known[i].ai_family   = AF_INET;
        known[i].ai_socktype = SOCK_STREAM;
        known[i].ai_addr     = (struct sockaddr *)&known_address[i];
        known[i].ai_addrlen  = size;
        known[i].ai_next     = i + 1 < count ? &known[i + 1] : NULL;
    }
}

static int listener(int backlog)
{
    struct sockaddr_in address;
    const int          fd = socket(AF_INET, SOCK_STREAM, 0);
    memset(&address, 0, sizeof address);
    address.sin_family      = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof address), 0);
    assert_int_equal(listen(fd, backlog), 0);
    return fd;
}

/* An address that never accepts: a listener with a full queue, so that SYN packets are dropped. */
typedef struct dead {
    int fd, waiting[8];
} dead;

static dead dead_address(void)
{
    dead d = {
        -1, { -1, -1, -1, -1, -1, -1, -1, -1 }
    };
    int i;
    d.fd = listener(0);
    has_addresses(&d.fd, 1);
    for (i = 0; i < 8; i++) {
        d.waiting[i] = socket(AF_INET, SOCK_STREAM, 0);
        assert_int_equal(fcntl(d.waiting[i], F_SETFL, O_NONBLOCK), 0);
        (void)connect(d.waiting[i], known[0].ai_addr, known[0].ai_addrlen);
    }
    return d;
}

static void bury(const dead *d)
{
    int i;
    for (i = 0; i < 8; i++) close(d->waiting[i]);
    close(d->fd);
}

static void a_dead_address_uses_only_its_share_of_the_time_out(void **state)
{
    const dead      first = dead_address();
    const int       good  = listener(4);
    const long long start = tcp_now();
    int             both[2];
    long long       took;
    tcp             line;
    (void)state;
    both[0] = first.fd;
    both[1] = good;
    has_addresses(both, 2);
    line = tcp_open("two.test", "80", 1000);
    took = tcp_now() - start;
    assert_true(line.fd >= 0);
    assert_in_range(took, 450, 999);
    tcp_close(&line);
    close(good);
    bury(&first);
}

static void with_only_dead_addresses_the_time_out_holds(void **state)
{
    const dead      first = dead_address(), second = dead_address();
    const long long start = tcp_now();
    int             both[2];
    tcp             line;
    (void)state;
    both[0] = first.fd;
    both[1] = second.fd;
    has_addresses(both, 2);
    line = tcp_open("two.test", "80", 400);
    assert_int_equal(line.fd, -1);
    assert_in_range(tcp_now() - start, 390, 5000);
    bury(&first);
    bury(&second);
}

static void a_first_address_that_works_leaves_the_whole_time_out(void **state)
{
    const long long start = tcp_now();
    int             both[2];
    tcp             line;
    (void)state;
    both[0] = listener(1);
    both[1] = listener(1);
    has_addresses(both, 2);
    line = tcp_open("two.test", "80", 1000);
    assert_true(line.fd >= 0 && line.until >= start + 1000);
    tcp_close(&line);
    close(both[0]);
    close(both[1]);
}

static void a_refused_address_is_followed_by_the_next(void **state)
{
    int both[2];
    tcp line;
    (void)state;
    both[0] = listener(1);
    both[1] = listener(1);
    has_addresses(both, 2);
    close(both[0]); /* nobody listens there any more */
    line = tcp_open("two.test", "80", 1000);
    assert_true(line.fd >= 0);
    tcp_close(&line);
    close(both[1]);
}

/* SIGPIPE would end this program. */
static void writing_to_a_closed_connection_is_an_error(void **state)
{
    const int good = listener(1);
    char      byte = 'x';
    int       peer, i, failed = 0;
    tcp       line;
    (void)state;
    has_addresses(&good, 1);
    line = tcp_open("one.test", "80", 1000);
    peer = accept(good, NULL, NULL);
    close(peer);
    signal(SIGPIPE, SIG_DFL);
    for (i = 0; i < 100 && !failed; i++) failed = tcp_write(&line, &byte, 1) != 0;
    assert_true(failed);
    tcp_close(&line);
    close(good);
}

static void on_alarm(int number) { (void)number; }

static void a_signal_does_not_end_a_read(void **state)
{
    const struct itimerval often = { { 0, 10000 }, { 0, 10000 } }, never = { { 0, 0 }, { 0, 0 } };
    const int        good = listener(1);
    struct sigaction action;
    long long        start;
    char             byte;
    tcp              line;
    (void)state;
    has_addresses(&good, 1);
    line = tcp_open("one.test", "80", 300);
    memset(&action, 0, sizeof action);
    action.sa_handler = on_alarm; /* no SA_RESTART */
    sigaction(SIGALRM, &action, NULL);
    start = tcp_now();
    setitimer(ITIMER_REAL, &often, NULL);
    assert_int_equal(tcp_read(&line, &byte, 1), -1);
    setitimer(ITIMER_REAL, &never, NULL);
    assert_in_range(tcp_now() - start, 280, 5000);
    tcp_close(&line);
    close(good);
}

/* The other side has always sent more already when the next read comes. */
static void with_endless_data_the_time_out_holds(void **state)
{
    static char     data[65536];
    const int       good  = listener(1);
    const long long start = tcp_now();
    int             peer;
    tcp             line;
    (void)state;
    has_addresses(&good, 1);
    line = tcp_open("one.test", "80", 200);
    peer = accept(good, NULL, NULL);
    do assert_true(send(peer, data, sizeof data, MSG_DONTWAIT) > 0 || tcp_later());
    while (tcp_read(&line, data, 1) > 0 && tcp_now() - start < 5000);
    assert_in_range(tcp_now() - start, 190, 4000);
    tcp_close(&line);
    close(peer);
    close(good);
}

static void another_program_does_not_inherit_the_connection(void **state)
{
    const int good = listener(1);
    tcp       line;
    (void)state;
    has_addresses(&good, 1);
    line = tcp_open("one.test", "80", 1000);
    assert_true((fcntl(line.fd, F_GETFD) & FD_CLOEXEC) != 0);
    tcp_close(&line);
    close(good);
}

int test_tcp(void);
int test_tcp(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_dead_address_uses_only_its_share_of_the_time_out),
        cmocka_unit_test(with_only_dead_addresses_the_time_out_holds),
        cmocka_unit_test(a_first_address_that_works_leaves_the_whole_time_out),
        cmocka_unit_test(a_refused_address_is_followed_by_the_next),
        cmocka_unit_test(writing_to_a_closed_connection_is_an_error),
        cmocka_unit_test(a_signal_does_not_end_a_read),
        cmocka_unit_test(with_endless_data_the_time_out_holds),
        cmocka_unit_test(another_program_does_not_inherit_the_connection),
    };
    return GROUP(tests);
}
