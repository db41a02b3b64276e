/* libmodbus, the C peer: client PORT CONNECTIONS REGISTERS SECONDS prints requests and CPU seconds.
 * A thread for each device with one request outstanding, as libmodbus is meant to be used. */
#include <modbus/modbus.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

static int port, registers;
static volatile int stop;

static void *device(void *done) {
    modbus_t *m = modbus_new_tcp("127.0.0.1", port);
    uint16_t words[125];
    modbus_set_slave(m, 1);
    if (modbus_connect(m)) return 0;
    while (!stop)
        if (modbus_read_registers(m, 0, registers, words) == registers) ++*(long *)done;
    modbus_close(m);
    modbus_free(m);
    return 0;
}

static double cpu(void) {
    struct rusage u;
    getrusage(RUSAGE_SELF, &u);
    return u.ru_utime.tv_sec + u.ru_stime.tv_sec + (u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e6;
}

int main(int argc, char **argv) {
    int n = atoi(argv[2]);
    long done[1024] = {0}, total = 0;
    pthread_t threads[1024];
    port = atoi(argv[1]);
    registers = atoi(argv[3]);
    double began = cpu();
    for (int i = 0; i < n; i++) pthread_create(&threads[i], 0, device, &done[i]);
    usleep(atof(argv[4]) * 1e6);
    stop = 1;
    for (int i = 0; i < n; i++) pthread_join(threads[i], 0);
    for (int i = 0; i < n; i++) total += done[i];
    printf("%ld %f\n", total, cpu() - began);
    return argc < 5;
}
