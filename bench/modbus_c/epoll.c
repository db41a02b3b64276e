/* The limit of this machine: epoll PORT CONNECTIONS REGISTERS SECONDS prints requests and CPU seconds.
 * One thread, one request outstanding on each connection, the reply's header checked, nothing decoded. */
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define MOST 1024
#define CONNECTING_S 0.5

struct connection { int fd; uint16_t transaction; size_t have; uint8_t in[512]; };

static struct connection connections[MOST];
static int registers;

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec + t.tv_nsec / 1e9;
}

static double cpu(void) {
    struct rusage u;
    getrusage(RUSAGE_SELF, &u);
    return u.ru_utime.tv_sec + u.ru_stime.tv_sec + (u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e6;
}

static void ask(struct connection *c) {
    uint16_t id = ++c->transaction ? c->transaction : ++c->transaction;
    uint8_t out[12] = {id >> 8, id & 255, 0, 0, 0, 6, 1, 3, 0, 0, registers >> 8, registers & 255};
    c->have = 0;
    if (write(c->fd, out, sizeof out) != sizeof out) exit(1);
}

/* Whether the reply is whole; a wrong one ends the program. */
static int heard(struct connection *c) {
    ssize_t n = read(c->fd, c->in + c->have, sizeof c->in - c->have);
    if (n <= 0) exit(1);
    c->have += n;
    if (c->have < 9) return 0;
    const uint8_t *in = c->in;
    int size = 6 + (in[4] << 8 | in[5]), id = in[0] << 8 | in[1];
    if (id != c->transaction || in[2] | in[3] || in[6] != 1 || in[7] != 3 || in[8] != 2 * registers || size != 9 + in[8])
        exit(1);
    return c->have == (size_t)size;
}

int main(int argc, char **argv) {
    if (argc < 5) return 2;
    int n = atoi(argv[2]), poll = epoll_create1(0), one = 1;
    struct sockaddr_in a = {
        .sin_family = AF_INET, .sin_port = htons(atoi(argv[1])), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    struct epoll_event event = {.events = EPOLLIN}, ready[256];
    registers = atoi(argv[3]);
    if (n < 1 || n > MOST) return 2;
    for (int i = 0; i < n; i++) {
        struct connection *c = &connections[i];
        c->fd = socket(AF_INET, SOCK_STREAM, 0);
        if (connect(c->fd, (struct sockaddr *)&a, sizeof a)) return 1;
        setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
        event.data.ptr = c;
        epoll_ctl(poll, EPOLL_CTL_ADD, c->fd, &event);
        ask(c);
    }
    long done = 0, before = 0;
    double used = 0, begin = now() + CONNECTING_S, end = begin + atof(argv[4]);
    for (double t; (t = now()) < end;) {
        if (t >= begin && !used) used = cpu(), before = done;
        int many = epoll_wait(poll, ready, 256, 100);
        for (int i = 0; i < many; i++)
            if (heard(ready[i].data.ptr)) done++, ask(ready[i].data.ptr);
    }
    printf("%ld %f\n", done - before, cpu() - used);
    return 0;
}
