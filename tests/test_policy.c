/* White box, section >>retry: which errors are retried, after how long, and the clock offset. */
#define CUC_STATIC
#define CONNECT_UPDATE_CONTACT_IMPLEMENTATION
#include "support.h"

static cuc_call judged(int status, const char *code)
{
    static cuc_result results[8]; /* more than any test uses at a time */
    static unsigned   next;
    cuc_call          call;
    memset(&call, 0, sizeof call);
    call.result = &results[next++ % ROWS(results)];
    memset(call.result, 0, sizeof *call.result);
    call.result->status      = CUC_E_UNFINISHED;
    call.answered            = status != 0;
    call.result->http_status = status;
    call.date_ms             = -1;
    snprintf(call.result->code, sizeof call.result->code, "%s", code);
    return call;
}

/* ---- which failures are what. Sources: botocore 1.43.67, retries/standard.py and signers; smithy-
 * typescript, service-error-classification; aws-sdk-go-v2, retry/skew_cases -------------------- */

static const struct known_code {
    int         line;
    const char *code;
    int         kind;
} known_codes[] = {
    { __LINE__, "RequestTimeTooSkewed",                   CUCI_CLOCK     },
    { __LINE__, "RequestExpired",                         CUCI_CLOCK     },
    { __LINE__, "RequestInTheFuture",                     CUCI_CLOCK     },
    { __LINE__, "InvalidSignatureException",              CUCI_CLOCK     },
    { __LINE__, "SignatureDoesNotMatch",                  CUCI_CLOCK     },
    { __LINE__, "AuthFailure",                            CUCI_CLOCK     },
    { __LINE__, "ExpiredTokenException",                  CUCI_EXPIRED   },
    { __LINE__, "ExpiredToken",                           CUCI_EXPIRED   },
    { __LINE__, "ThrottlingException",                    CUCI_THROTTLED },
    { __LINE__, "Throttling",                             CUCI_THROTTLED },
    { __LINE__, "ThrottledException",                     CUCI_THROTTLED },
    { __LINE__, "RequestThrottledException",              CUCI_THROTTLED },
    { __LINE__, "TooManyRequestsException",               CUCI_THROTTLED },
    { __LINE__, "ProvisionedThroughputExceededException", CUCI_THROTTLED },
    { __LINE__, "TransactionInProgressException",         CUCI_THROTTLED },
    { __LINE__, "RequestLimitExceeded",                   CUCI_THROTTLED },
    { __LINE__, "BandwidthLimitExceeded",                 CUCI_THROTTLED },
    { __LINE__, "LimitExceededException",                 CUCI_THROTTLED },
    { __LINE__, "RequestThrottled",                       CUCI_THROTTLED },
    { __LINE__, "SlowDown",                               CUCI_THROTTLED },
    { __LINE__, "PriorRequestNotComplete",                CUCI_THROTTLED },
    { __LINE__, "EC2ThrottledException",                  CUCI_THROTTLED },
    { __LINE__, "RequestTimeout",                         CUCI_LOST      },
    { __LINE__, "RequestTimeoutException",                CUCI_LOST      },
    { __LINE__, "",                                       CUCI_FINAL     },
    { __LINE__, "InvalidRequestException",                CUCI_FINAL     },
    { __LINE__, "InvalidParameterException",              CUCI_FINAL     },
    { __LINE__, "InvalidActiveRegionException",           CUCI_FINAL     },
    { __LINE__, "AccessDeniedException",                  CUCI_FINAL     },
    { __LINE__, "ResourceNotFoundException",              CUCI_FINAL     },
    { __LINE__, "ConflictException",                      CUCI_FINAL     },
    { __LINE__, "UnrecognizedClientException",            CUCI_FINAL     },
    { __LINE__, "IncompleteSignature",                    CUCI_FINAL     },
    { __LINE__, "MissingAuthenticationToken",             CUCI_FINAL     },
    { __LINE__, "InternalServiceException",               CUCI_FINAL     }, /* its status, 500, makes it transient */
};

static int cost_of(int kind) { return kind == CUCI_LOST ? 14 : kind == CUCI_THROTTLED ? 5 : 0; }

static int base_of(int kind) { return kind == CUCI_LOST ? 50 : kind == CUCI_THROTTLED ? 1000 : 0; }

static void every_error_code_has_its_rule(void **state)
{
    size_t i;
    (void)state;
    for (i = 0; i < ROWS(known_codes); i++) {
        const struct known_code *k    = &known_codes[i];
        const cuc_call           call = judged(400, k->code);
        const cuci_rule         *v    = cuci_rule_of(&call);
        assert_number(v->kind, k->kind, k->line);
        assert_number(v->cost, cost_of(k->kind), k->line);
        assert_number(v->base_ms, base_of(k->kind), k->line);
    }
}

static void a_code_with_or_without_exception_is_the_same(void **state)
{
    size_t i;
    (void)state;
    for (i = 0; i < ROWS(known_codes); i++) {
        char   with[80], without[64];
        size_t n = strlen(known_codes[i].code);
        if (n == 0) continue;
        if (n > 9 && strcmp(known_codes[i].code + n - 9, "Exception") == 0) n -= 9;
        snprintf(without, sizeof without, "%.*s", (int)n, known_codes[i].code);
        snprintf(with, sizeof with, "%sException", without);
        if (strlen(with) < sizeof(((cuc_result *)0)->code)) {
            const cuc_call call = judged(400, with);
            assert_number(cuci_rule_of(&call)->kind, known_codes[i].kind, known_codes[i].line);
        }
        {
            const cuc_call call = judged(400, without);
            assert_number(cuci_rule_of(&call)->kind, known_codes[i].kind, known_codes[i].line);
        }
    }
}

static void the_suffix_exception_counts_only_once(void **state)
{
    static const char *const codes[] = { "Exception", "ThrottlingExceptionException",
                                         "Throttlingexception", "ExceptionThrottling" };
    size_t                   i;
    (void)state;
    for (i = 0; i < ROWS(codes); i++) {
        const cuc_call call = judged(400, codes[i]);
        if (cuci_rule_of(&call)->kind != CUCI_FINAL) fail_msg("%s", codes[i]);
    }
}

static void codes_are_compared_whole_and_with_their_case(void **state)
{
    char   text[sizeof(((cuc_result *)0)->code)];
    size_t i, n;
    (void)state;
    for (i = 0; i < ROWS(known_codes); i++) {
        cuc_call call = judged(400, "");
        n             = strlen(known_codes[i].code);
        if (n == 0) continue;
        snprintf(call.result->code, sizeof call.result->code, "%sX", known_codes[i].code);
        assert_number(cuci_rule_of(&call)->kind, CUCI_FINAL, known_codes[i].line);
        snprintf(call.result->code, sizeof call.result->code, "X%s", known_codes[i].code);
        assert_number(cuci_rule_of(&call)->kind, CUCI_FINAL, known_codes[i].line);
        strcpy(text, known_codes[i].code);
        text[0] = (char)(text[0] + 32);
        strcpy(call.result->code, text);
        assert_number(cuci_rule_of(&call)->kind, CUCI_FINAL, known_codes[i].line);
    }
}

static void every_status_without_a_code_has_its_rule(void **state)
{
    int status;
    (void)state;
    for (status = -1; status < 1001; status++) {
        const cuc_call call = judged(status, "");
        int            kind = CUCI_FINAL;
        if (status == 0) kind = CUCI_LOST;            /* no response */
        if (status >= 200 && status <= 299) continue; /* a success has no rule */
        if (status == 429) kind = CUCI_THROTTLED;
        if (status == 500 || (status >= 502 && status <= 504)) kind = CUCI_LOST;
        assert_int_equal(cuci_rule_of(&call)->kind, kind);
    }
}

static void an_error_code_decides_before_the_status(void **state)
{
    static const struct {
        int         line, status;
        const char *code;
        int         kind;
    } row[] = {
        { __LINE__, 500, "ThrottlingException",   CUCI_THROTTLED },
        { __LINE__, 503, "SlowDown",              CUCI_THROTTLED },
        { __LINE__, 429, "RequestTimeout",        CUCI_LOST      },
        { __LINE__, 500, "ExpiredToken",          CUCI_EXPIRED   },
        { __LINE__, 503, "RequestExpired",        CUCI_CLOCK     },
        { __LINE__, 429, "AccessDeniedException", CUCI_THROTTLED }, /* unknown here: the status */
        { __LINE__, 503, "AccessDeniedException", CUCI_LOST      },
    };
    size_t i;
    (void)state;
    for (i = 0; i < ROWS(row); i++) {
        const cuc_call call = judged(row[i].status, row[i].code);
        assert_number(cuci_rule_of(&call)->kind, row[i].kind, row[i].line);
    }
}

/* ---- waits ----------------------------------------------------------------------------------- */

static uint32_t wait_of(int attempts, uint32_t base, uint32_t random, uint32_t hint)
{
    cuc_call call         = judged(503, "");
    call.result->attempts = attempts;
    call.random           = random;
    call.retry_after_ms   = hint;
    return cuci_backoff(&call, base);
}

static void the_backoff_bound_doubles_up_to_20_seconds(void **state)
{
    static const struct {
        int      line, attempts;
        uint32_t base, bound;
    } row[] = {
        { __LINE__, 1,         50,    50    },
        { __LINE__, 2,         50,    100   },
        { __LINE__, 3,         50,    200   },
        { __LINE__, 4,         50,    400   },
        { __LINE__, 5,         50,    800   },
        { __LINE__, 6,         50,    1600  },
        { __LINE__, 7,         50,    3200  },
        { __LINE__, 8,         50,    6400  },
        { __LINE__, 9,         50,    12800 },
        { __LINE__, 10,        50,    20000 },
        { __LINE__, 11,        50,    20000 },
        { __LINE__, 100,       50,    20000 },
        { __LINE__, 1,         1000,  1000  },
        { __LINE__, 2,         1000,  2000  },
        { __LINE__, 3,         1000,  4000  },
        { __LINE__, 4,         1000,  8000  },
        { __LINE__, 5,         1000,  16000 },
        { __LINE__, 6,         1000,  20000 },
        { __LINE__, 7,         1000,  20000 },
        { __LINE__, INT32_MAX, 1000,  20000 },
        { __LINE__, 1,         20000, 20000 },
        { __LINE__, 2,         20000, 20000 },
        { __LINE__, 1,         20001, 20000 },
    };
    size_t i;
    (void)state;
    for (i = 0; i < ROWS(row); i++) {
        const uint32_t bound = row[i].bound;
        assert_number(wait_of(row[i].attempts, row[i].base, 0, 0), 0, row[i].line);
        assert_number(wait_of(row[i].attempts, row[i].base, UINT32_MAX, 0), bound, row[i].line);
        assert_number(wait_of(row[i].attempts, row[i].base, 0x80000000u, 0), (bound + 1) / 2,
                      row[i].line);
        assert_number(wait_of(row[i].attempts, row[i].base, 0x40000000u, 0), (bound + 1) / 4,
                      row[i].line);
    }
}

static void a_retry_hint_counts_from_t_to_t_plus_5_seconds(void **state) /* P59, P60 */
{
    static const struct {
        int      line;
        uint32_t random, hint, wait;
    } row[] = {
        { __LINE__, 0,          0,          0    },
        { __LINE__, 0,          1,          1    },
        { __LINE__, 0,          4999,       4999 },
        { __LINE__, 0,          5000,       5000 },
        { __LINE__, 0,          5001,       5000 },
        { __LINE__, 0,          86400000,   5000 },
        { __LINE__, 0,          UINT32_MAX, 5000 },
        { __LINE__, UINT32_MAX, 0,          1000 },
        { __LINE__, UINT32_MAX, 1,          1000 }, /* never shorter than without */
        { __LINE__, UINT32_MAX, 999,        1000 },
        { __LINE__, UINT32_MAX, 1000,       1000 },
        { __LINE__, UINT32_MAX, 1001,       1001 },
        { __LINE__, UINT32_MAX, 6000,       6000 },
        { __LINE__, UINT32_MAX, 6001,       6000 },
        { __LINE__, UINT32_MAX, UINT32_MAX, 6000 },
    };
    size_t i;
    (void)state;
    for (i = 0; i < ROWS(row); i++)
        assert_number(wait_of(1, 1000, row[i].random, row[i].hint), row[i].wait, row[i].line);
}

static void max_attempts_and_time_limit_bound_the_retries(void **state)
{
    static const struct {
        int      line, most, attempts;
        uint32_t limit, wait;
        int64_t  passed;
        int      may;
    } row[] = {
        { __LINE__, 0,         1,  0,          0,              0,             1 },
        { __LINE__, 0,         2,  0,          0,              0,             1 }, /* 0: three */
        { __LINE__, 0,         3,  0,          0,              0,             0 },
        { __LINE__, -1,        2,  0,          0,              0,             1 },
        { __LINE__, -1,        3,  0,          0,              0,             0 },
        { __LINE__, 1,         1,  0,          0,              0,             0 },
        { __LINE__, 2,         1,  0,          0,              0,             1 },
        { __LINE__, 2,         2,  0,          0,              0,             0 },
        { __LINE__, 10,        9,  0,          0,              0,             1 },
        { __LINE__, 10,        10, 0,          0,              0,             0 },
        { __LINE__, 10,        11, 0,          0,              0,             0 },
        { __LINE__, INT32_MAX, 12, 0,          20000,          0,             1 },
        { __LINE__, 9,         1,  0,          UINT32_MAX,     INT64_MAX / 2, 1 }, /* no limit */
        { __LINE__, 9,         1,  1000,       0,              0,             1 },
        { __LINE__, 9,         1,  1000,       999,            0,             1 },
        { __LINE__, 9,         1,  1000,       1000,           0,             0 },
        { __LINE__, 9,         1,  1000,       0,              999,           1 },
        { __LINE__, 9,         1,  1000,       0,              1000,          0 },
        { __LINE__, 9,         1,  1000,       400,            599,           1 },
        { __LINE__, 9,         1,  1000,       400,            600,           0 },
        { __LINE__, 9,         1,  1000,       400,            601,           0 },
        { __LINE__, 9,         1,  1,          0,              0,             1 },
        { __LINE__, 9,         1,  1,          1,              0,             0 },
        { __LINE__, 9,         1,  1000,       999,            -5000,         1 }, /* the clock was set back */
        { __LINE__, 9,         1,  1000,       1000,           -5000,         0 },
        { __LINE__, 9,         1,  UINT32_MAX, UINT32_MAX,     0,             0 },
        { __LINE__, 9,         1,  UINT32_MAX, UINT32_MAX - 1, 0,             1 },
        { __LINE__, 9,         1,  UINT32_MAX, UINT32_MAX,     UINT32_MAX,    0 },
    };
    size_t i;
    (void)state;
    for (i = 0; i < ROWS(row); i++) {
        cuc_call call             = judged(503, "");
        call.started_ms           = 1000000;
        call.client.max_attempts  = row[i].most;
        call.client.time_limit_ms = row[i].limit;
        call.result->attempts     = row[i].attempts;
        call.wait_ms              = row[i].wait;
        assert_number(cuci_may_retry(&call, &cuci_rules[CUCI_RULE_LOST], 1000000 + row[i].passed),
                      row[i].may, row[i].line);
    }
}

/* ---- the retry budget ------------------------------------------------------------------------ */

static void the_retry_budget_is_500_and_pays_what_it_can(void **state) /* P62 */
{
    static const struct {
        int           line;
        uint32_t      spent;
        unsigned char cost;
        int           paid;
        uint32_t      after;
    } row[] = {
        { __LINE__, 0,          14, 1, 14         },
        { __LINE__, 0,          5,  1, 5          },
        { __LINE__, 486,        14, 1, 500        },
        { __LINE__, 487,        14, 0, 487        },
        { __LINE__, 487,        5,  1, 492        },
        { __LINE__, 495,        5,  1, 500        },
        { __LINE__, 496,        5,  0, 496        },
        { __LINE__, 500,        5,  0, 500        },
        { __LINE__, 500,        0,  1, 500        },
        { __LINE__, 501,        0,  1, 501        },
        { __LINE__, 501,        5,  0, 501        }, /* not zeroed */
        { __LINE__, UINT32_MAX, 14, 0, UINT32_MAX },
    };
    size_t i;
    (void)state;
    assert_int_equal(CUC_RETRY_BUDGET, 500);
    for (i = 0; i < ROWS(row); i++) {
        cuc_shared shared  = CUC_ZERO;
        cuc_call   call    = judged(503, "");
        call.client.shared = &shared;
        shared.spent       = row[i].spent;
        assert_number(cuci_pay_for_retry(&call, row[i].cost), row[i].paid, row[i].line);
        assert_number(shared.spent, row[i].after, row[i].line);
    }
}

static void a_free_retry_keeps_the_refund_of_the_last_paid_one(void **state)
{
    cuc_shared shared  = CUC_ZERO;
    cuc_call   call    = judged(503, "");
    call.client.shared = &shared;
    (void)state;
    assert_int_equal(cuci_pay_for_retry(&call, 14), 1);
    assert_int_equal(cuci_pay_for_retry(&call, 0), 1); /* for a wrong clock */
    assert_int_equal(call.paid, 14);
    cuci_refund(&call);
    assert_int_equal(shared.spent, 0);
}

static void a_success_refunds_the_last_retry_or_1(void **state) /* P62 */
{
    static const struct {
        int           line;
        uint32_t      spent;
        unsigned char paid;
        uint32_t      after;
    } row[] = {
        { __LINE__, 0,          0,  0              },
        { __LINE__, 1,          0,  0              },
        { __LINE__, 2,          0,  1              },
        { __LINE__, 14,         14, 0              },
        { __LINE__, 13,         14, 0              },
        { __LINE__, 28,         14, 14             },
        { __LINE__, 5,          5,  0              },
        { __LINE__, 500,        5,  495            },
        { __LINE__, UINT32_MAX, 0,  UINT32_MAX - 1 },
    };
    size_t i;
    (void)state;
    for (i = 0; i < ROWS(row); i++) {
        cuc_shared shared  = CUC_ZERO;
        cuc_call   call    = judged(200, "");
        call.client.shared = &shared;
        call.paid          = row[i].paid;
        shared.spent       = row[i].spent;
        cuci_refund(&call);
        assert_number(shared.spent, row[i].after, row[i].line);
        call.client.shared = NULL; /* then there is no budget to refund */
        cuci_refund(&call);
        assert_int_equal(cuci_pay_for_retry(&call, 14), 1);
        assert_number(shared.spent, row[i].after, row[i].line);
    }
}

/* ---- the clock ------------------------------------------------------------------------------- */

/* Sent at 1,000,000 ms. The offset stays when it lies in [date - received, date + 1 s - sent]; it
 * becomes date - midpoint when it does not. Source: second.md of the project, the SDKs' cases.   */
static void the_offset_changes_only_when_the_date_contradicts_it(void **state)
{
    static const struct {
        int     line;
        int64_t known, took, date;
        int     age;
        int64_t offset;
    } row[] = {
        { __LINE__, 0,       0,         1000000, 0, 0        },
        { __LINE__, 0,       2000,      1001000, 0, 0        },
        { __LINE__, 0,       2000,      999000,  0, 0        }, /* date + 1 s - sent is 0 */
        { __LINE__, 0,       2000,      998999,  0, -2001    },
        { __LINE__, 0,       2000,      1002000, 0, 0        }, /* date - received is 0 */
        { __LINE__, 0,       2000,      1002001, 0, 1001     },
        { __LINE__, 0,       2000,      1301000, 0, 300000   },
        { __LINE__, 0,       2000,      701000,  0, -300000  },
        { __LINE__, 300000,  2000,      1301000, 0, 300000   },
        { __LINE__, 299000,  2000,      1301000, 0, 299000   },
        { __LINE__, 298999,  2000,      1301000, 0, 300000   },
        { __LINE__, 302000,  2000,      1301000, 0, 302000   },
        { __LINE__, 302001,  2000,      1301000, 0, 300000   },
        { __LINE__, 300000,  2000,      1001000, 0, 0        },
        { __LINE__, -300000, 0,         1300000, 0, 300000   },
        { __LINE__, 0,       3,         1003000, 0, 2999     }, /* half of 3 is 1 */
        { __LINE__, 0,       660000,    1659000, 0, 0        }, /* a right clock, 11 minutes */
        { __LINE__, 0,       900000,    1450000, 0, 0        },
        { __LINE__, 0,       900000,    2000000, 0, 550000   },
        { __LINE__, -7,      900001,    2000000, 0, -7       }, /* more than 15 minutes */
        { __LINE__, -7,      INT32_MAX, 1000000, 0, -7       },
        { __LINE__, -7,      -1,        2000000, 0, -7       }, /* set back during the exchange */
        { __LINE__, -7,      0,         -1,      0, -7       }, /* no Date */
        { __LINE__, 0,       0,         0,       0, -1000000 },
        { __LINE__, -7,      0,         2000000, 1, -7       }, /* with an Age: from a cache */
    };
    size_t i;
    (void)state;
    for (i = 0; i < ROWS(row); i++) {
        cuc_shared shared            = CUC_ZERO;
        cuc_call   call              = judged(200, "");
        call.sent_ms                 = 1000000;
        call.date_ms                 = row[i].date;
        call.headers                 = row[i].age ? 1u << CUCI_HEADER_AGE : 0;
        call.result->clock_offset_ms = row[i].known; /* without a cuc_shared */
        cuci_learn_clock_offset(&call, 1000000 + row[i].took);
        assert_number(call.result->clock_offset_ms, row[i].offset, row[i].line);
        call.client.shared     = &shared; /* another call may have set it since: that one counts */
        shared.clock_offset_ms = row[i].known;
        call.result->clock_offset_ms = row[i].known;
        cuci_learn_clock_offset(&call, 1000000 + row[i].took);
        assert_number(shared.clock_offset_ms, row[i].offset, row[i].line);
        assert_number(call.result->clock_offset_ms, row[i].offset, row[i].line);
    }
}

static void the_clock_error_is_date_minus_signed_time(void **state)
{
    static const struct {
        int     line;
        int64_t signed_ms, date;
        int     age;
        int64_t error;
    } row[] = {
        { __LINE__, 1000000,          1000000,       0, 0                },
        { __LINE__, 1000000,          1240000,       0, 240000           },
        { __LINE__, 1240000,          1000000,       0, 240000           },
        { __LINE__, 0,                1440938160000, 0, 1440938160000    }, /* signed at 1970 */
        { __LINE__, 1000000,          -1,            0, 0                },
        { __LINE__, 1000000,          2000000,       1, 0                },
        { __LINE__, (int64_t)1 << 47, 0,             0, (int64_t)1 << 47 },
    };
    size_t i;
    (void)state;
    for (i = 0; i < ROWS(row); i++) {
        cuc_call call  = judged(403, "InvalidSignatureException");
        call.signed_ms = row[i].signed_ms;
        call.date_ms   = row[i].date;
        call.headers   = row[i].age ? 1u << CUCI_HEADER_AGE : 0;
        assert_number(cuci_clock_error(&call), row[i].error, row[i].line);
    }
}

/* A clock may return anything. A time that cannot be signed is an error; such a time of receipt
 * leaves the offset unchanged. The sanitizers watch the arithmetic.                              */
static void no_reading_of_the_clock_overflows(void **state) /* P64 */
{
    static const int64_t odd[]  = { INT64_MIN, INT64_MIN + 1, -1, INT64_MAX - 1, INT64_MAX };
    static const int64_t sent[] = { 0, 1440938160000, 253402300799999 };
    size_t               i, k;
    (void)state;
    for (i = 0; i < ROWS(odd); i++)
        for (k = 0; k < ROWS(sent); k++) {
            world             w       = new_world(NULL, 0);
            cuc_client        client  = world_client(&w);
            const cuc_request request = small_request();
            char              work[2048];
            cuc_call          call;
            client.time_limit_ms = 1000;
            begin_call(&call, &client, &request, work, sizeof work);
            assert_int_equal(cuc_call_next(&call, sent[k]), CUC_NEXT_SEND);
            cuc_call_status(&call, 503);
            cuc_call_header_pair(&call, "x-amzn-requestid", 16, "a", 1); /* so its Date counts */
            cuc_call_header(&call, "date: Fri, 31 Dec 9999 23:59:59 GMT", 35);
            cuc_call_end(&call, CUC_SENT);
            if (cuc_call_next(&call, odd[i]) == CUC_NEXT_WAIT &&
                cuc_call_next(&call, odd[i]) == CUC_NEXT_SEND)
                continue; /* only where the new offset keeps the time below the year 10000 */
            assert_int_equal(result_of(&call)->http_status, 503);
            assert_int_equal(result_of(&call)->attempts, 1);
            assert_true(result_of(&call)->status == CUC_E_SERVICE ||
                        result_of(&call)->status == CUC_E_TIME);
            begin_call(&call, &client, &request, work, sizeof work);
            assert_int_equal(cuc_call_next(&call, odd[i]), CUC_NEXT_DONE);
            assert_int_equal(result_of(&call)->status, CUC_E_TIME);
        }
}

/* ---- from outcome and status to the result --------------------------------------------------- */

static void send_outcome_and_http_status_give_the_result_status(void **state) /* P39 */
{
    static const struct {
        int        line, outcome, http_status, answered;
        cuc_status status;
    } row[] = {
        { __LINE__, CUC_SENT,           200,  1, CUC_OK           },
        { __LINE__, CUC_SENT,           299,  1, CUC_OK           },
        { __LINE__, CUC_SENT,           199,  1, CUC_E_BAD_STATUS },
        { __LINE__, CUC_SENT,           300,  1, CUC_E_SERVICE    },
        { __LINE__, CUC_SENT,           599,  1, CUC_E_SERVICE    },
        { __LINE__, CUC_SENT,           600,  1, CUC_E_BAD_STATUS },
        { __LINE__, CUC_SENT,           0,    1, CUC_E_BAD_STATUS },
        { __LINE__, CUC_SENT,           -1,   1, CUC_E_BAD_STATUS },
        { __LINE__, CUC_SENT,           99,   1, CUC_E_BAD_STATUS },
        { __LINE__, CUC_SENT,           1000, 1, CUC_E_BAD_STATUS },
        { __LINE__, CUC_SENT,           0,    0, CUC_E_NO_STATUS  },
        { __LINE__, CUC_SENT,           100,  0, CUC_E_NO_STATUS  },
        { __LINE__, CUC_SEND_AGAIN,     0,    0, CUC_E_EXHAUSTED  },
        { __LINE__, CUC_SEND_AGAIN,     0,    1, CUC_E_EXHAUSTED  }, /* cut off in the status line */
        { __LINE__, CUC_SEND_AGAIN,     100,  0, CUC_E_EXHAUSTED  },
        { __LINE__, CUC_SEND_AGAIN,     200,  1, CUC_E_EXHAUSTED  }, /* only CUC_SENT is success */
        { __LINE__, CUC_SEND_AGAIN,     204,  1, CUC_E_EXHAUSTED  },
        { __LINE__, CUC_SEND_AGAIN,     299,  1, CUC_E_EXHAUSTED  },
        { __LINE__, CUC_SEND_AGAIN,     300,  1, CUC_E_SERVICE    }, /* else the status decides */
        { __LINE__, CUC_SEND_AGAIN,     400,  1, CUC_E_SERVICE    },
        { __LINE__, CUC_SEND_AGAIN,     600,  1, CUC_E_BAD_STATUS },
        { __LINE__, 1,                  200,  1, CUC_E_CALLBACK   }, /* a number of its own is final */
        { __LINE__, -1,                 503,  1, CUC_E_CALLBACK   },
        { __LINE__, INT32_MIN,          0,    0, CUC_E_CALLBACK   },
        { __LINE__, CUC_SEND_AGAIN + 1, 0,    0, CUC_E_CALLBACK   },
        { __LINE__, CUC_SEND_AGAIN - 1, 0,    0, CUC_E_CALLBACK   },
    };
    size_t i;
    (void)state;
    for (i = 0; i < ROWS(row); i++) {
        cuc_call call = judged(row[i].http_status, "");
        call.outcome  = row[i].outcome;
        call.answered = (unsigned char)row[i].answered;
        assert_number(cuci_final_status(&call), row[i].status, row[i].line);
    }
}

static int renew(void *user, int64_t now_ms, cuc_credentials *copy)
{
    (void)user;
    (void)now_ms;
    (void)copy;
    return 0;
}

/* A clock or token retry does not wait, and each has its condition. */
static void clock_and_token_retries_are_immediate(void **state) /* P19 */
{
    static const struct {
        int         line;
        const char *code;
        int64_t     wrong;
        int         asks, renewed, most;
        cuc_next    next;
        int         retryable;
    } row[] = {
        { __LINE__, "RequestExpired",        239999,  0, 0, 3, CUC_NEXT_DONE, 0 },
        { __LINE__, "RequestExpired",        240000,  0, 0, 3, CUC_NEXT_SEND, 1 },
        { __LINE__, "RequestExpired",        -239999, 0, 0, 3, CUC_NEXT_DONE, 0 },
        { __LINE__, "RequestExpired",        -240000, 0, 0, 3, CUC_NEXT_SEND, 1 },
        { __LINE__, "AuthFailure",           240000,  0, 0, 3, CUC_NEXT_SEND, 1 },
        { __LINE__, "AuthFailure",           240000,  0, 0, 1, CUC_NEXT_DONE, 1 },
        { __LINE__, "AccessDeniedException", 240000,  0, 0, 3, CUC_NEXT_DONE, 0 },
        { __LINE__, "ExpiredToken",          0,       1, 0, 3, CUC_NEXT_SEND, 0 },
        { __LINE__, "ExpiredToken",          0,       1, 1, 3, CUC_NEXT_DONE, 0 },
        { __LINE__, "ExpiredToken",          0,       0, 0, 3, CUC_NEXT_DONE, 0 },
        { __LINE__, "ExpiredToken",          0,       1, 0, 1, CUC_NEXT_DONE, 0 },
        { __LINE__, "ExpiredToken",          240000,  0, 0, 3, CUC_NEXT_DONE, 0 },
    };
    size_t i;
    (void)state;
    for (i = 0; i < ROWS(row); i++) {
        cuc_shared shared        = CUC_ZERO;
        cuc_call   call          = judged(403, row[i].code);
        call.client.shared       = &shared;
        call.client.credentials  = row[i].asks ? renew : NULL;
        call.client.max_attempts = row[i].most;
        call.renewed             = (unsigned char)row[i].renewed;
        call.result->attempts    = 1;
        call.one_call            = 1;    /* neither needs a sleep_ms */
        call.retry_after_ms      = 3000; /* a hint is for those who wait */
        call.random              = UINT32_MAX;
        call.sent_ms             = 1000000;
        call.signed_ms           = 1000000;
        call.date_ms             = 1000000 + row[i].wrong;
        assert_number(cuci_decide(&call, 1000000), row[i].next, row[i].line);
        assert_number(call.result->status,
                      row[i].next == CUC_NEXT_DONE ? CUC_E_SERVICE : CUC_E_UNFINISHED, row[i].line);
        if (row[i].next == CUC_NEXT_DONE)
            assert_number(call.result->retryable, row[i].retryable, row[i].line);
        assert_number(shared.spent, 0, row[i].line);
        assert_number(call.wait_ms, 0, row[i].line);
    }
}

int test_policy(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_error_code_has_its_rule),
        cmocka_unit_test(a_code_with_or_without_exception_is_the_same),
        cmocka_unit_test(the_suffix_exception_counts_only_once),
        cmocka_unit_test(codes_are_compared_whole_and_with_their_case),
        cmocka_unit_test(every_status_without_a_code_has_its_rule),
        cmocka_unit_test(an_error_code_decides_before_the_status),
        cmocka_unit_test(the_backoff_bound_doubles_up_to_20_seconds),
        cmocka_unit_test(a_retry_hint_counts_from_t_to_t_plus_5_seconds),
        cmocka_unit_test(max_attempts_and_time_limit_bound_the_retries),
        cmocka_unit_test(the_retry_budget_is_500_and_pays_what_it_can),
        cmocka_unit_test(a_free_retry_keeps_the_refund_of_the_last_paid_one),
        cmocka_unit_test(a_success_refunds_the_last_retry_or_1),
        cmocka_unit_test(the_offset_changes_only_when_the_date_contradicts_it),
        cmocka_unit_test(the_clock_error_is_date_minus_signed_time),
        cmocka_unit_test(no_reading_of_the_clock_overflows),
        cmocka_unit_test(send_outcome_and_http_status_give_the_result_status),
        cmocka_unit_test(clock_and_token_retries_are_immediate),
    };
    return GROUP(tests);
}
