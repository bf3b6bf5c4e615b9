/* White box, sections >>sigv4 >>signer >>selftest: cuc_sign, keys, credentials, the made HMAC. */
#define CUC_STATIC
#define CONNECT_UPDATE_CONTACT_IMPLEMENTATION
#include "support.h"
#include <ctype.h>

#define NOON 1440938160000 /* 2015-08-30T12:36:00Z */

/* ---- signing in a block of exactly the size that was measured -------------------------------- */

static char *work; /* of the last signature; freed by the next */

static cuc_status sign(const cuc_client *c, const cuc_sign_input *in, cuc_signed *out,
                       cuc_result *r)
{
    size_t required;
    free(work);
    work = NULL;
    if (cuc_sign(c, in, NOON, NULL, 0, out, r) != CUC_E_SPACE) return r->status;
    required = r->required;
    work     = block(required);
    (void)cuc_sign(c, in, NOON, work, required, out, r);
    if (r->status == CUC_OK) assert_int_equal(r->required, required);
    return r->status;
}

static cuc_client plain_client(void)
{
    cuc_client c  = CUC_ZERO;
    c.region      = cuc_s("us-east-1");
    c.access_key  = cuc_s("AKIDEXAMPLE");
    c.secret_key  = cuc_s("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY");
    c.sha256      = real_sha256;
    c.hmac_sha256 = real_hmac;
    return c;
}

static cuc_sign_header a_host = { CUC_STR("Host"), CUC_STR("example.amazonaws.com") };

static cuc_sign_input plain_input(void)
{
    cuc_sign_input in;
    memset(&in, 0, sizeof in);
    in.method       = cuc_s("GET");
    in.path         = cuc_s("/");
    in.service      = cuc_s("service");
    in.headers      = &a_host;
    in.header_count = 1;
    return in;
}

/* Line `n` of the canonical request. */
static const char *canonical_line(const cuc_sign_input *in, unsigned n)
{
    static char      text[4096];
    const cuc_client c = plain_client();
    cuc_signed       out;
    cuc_result       r;
    const char      *at;
    assert_int_equal(sign(&c, in, &out, &r), CUC_OK);
    assert_int_equal(strlen(out.canonical_request.ptr), out.canonical_request.len);
    for (at = out.canonical_request.ptr; n > 0; n--) at = strchr(at, '\n') + 1;
    snprintf(text, sizeof text, "%.*s", (int)strcspn(at, "\n"), at);
    return text;
}

/* ---- published test vectors ------------------------------------------------------------------ */

/* The example that AWS walks through: "Create a signed AWS API request", ListUsers. */
static void the_documented_example_has_its_signature(void **state)
{
    static const cuc_sign_header headers[] = {
        { CUC_STR("Host"),         CUC_STR("iam.amazonaws.com")                                },
        { CUC_STR("Content-Type"), CUC_STR("application/x-www-form-urlencoded; charset=utf-8") },
    };
    const cuc_client c  = plain_client();
    cuc_sign_input   in = plain_input();
    cuc_signed       out;
    cuc_result       r;
    (void)state;
    in.service      = cuc_s("iam");
    in.query        = cuc_s("Version=2010-05-08&Action=ListUsers");
    in.headers      = headers;
    in.header_count = 2;
    assert_int_equal(sign(&c, &in, &out, &r), CUC_OK);
    assert_string_equal(
        out.authorization.ptr,
        "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/iam/aws4_request, "
        "SignedHeaders=content-type;host;x-amz-date, Signature="
        "5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7");
    assert_string_equal(out.amz_date.ptr, "20150830T123600Z");
    assert_int_equal(out.content_sha256.len, 0);
}

static void the_documented_signing_key_is_derived(void **state)
{
    cuc_client      c = plain_client();
    cuc_signing_key key;
    cuc_result      r;
    char            room[300], hex[65];
    int             made;
    (void)state;
    for (made = 0; made < 2; made++) {
        if (made) c.hmac_sha256 = NULL;
        assert_int_equal(
            cuc_derive_signing_key(&c, cuc_s("iam"), NOON, room, sizeof room, &key, &r), CUC_OK);
        to_hex(key.key, 32, hex);
        assert_string_equal(hex,
                            "c4afb1cc5771d871763a393e44b703571b55cc28424d1a5e86da6ed3c154a4b9");
        assert_string_equal(key.date, "20150830");
    }
}

/* ---- paths ----------------------------------------------------------------------------------- */

static void a_path_is_normalized_and_encoded_again(void **state)
{
    static const struct {
        int         line;
        const char *path, *expected, *raw;
    } row[] = {
        /* P01 P02 P03 P07 P08 */
        { __LINE__, "",                  "/",                      "/"                      },
        { __LINE__, "/",                 "/",                      "/"                      },
        { __LINE__, "/contacts/a%3Ab/c", "/contacts/a%253Ab/c",    "/contacts/a%253Ab/c"    },
        { __LINE__, "/100%25",           "/100%2525",              "/100%2525"              },
        { __LINE__, "/a%2Fb/c",          "/a%252Fb/c",             "/a%252Fb/c"             },
        { __LINE__, "/a:b",              "/a%3Ab",                 "/a%3Ab"                 },
        { __LINE__, "/a b",              "/a%20b",                 "/a%20b"                 },
        { __LINE__, "/\xC3\xA9",         "/%C3%A9",                "/%C3%A9"                },
        { __LINE__, "/-._~",             "/-._~",                  "/-._~"                  },
        { __LINE__, "/=@*'!()",          "/%3D%40%2A%27%21%28%29", "/%3D%40%2A%27%21%28%29" },
        { __LINE__, "/a/",               "/a/",                    "/a/"                    },
        { __LINE__, "/a//b",             "/a/b",                   "/a//b"                  },
        { __LINE__, "//",                "/",                      "//"                     },
        { __LINE__, "/a//",              "/a/",                    "/a//"                   },
        { __LINE__, "/.",                "/",                      "/."                     },
        { __LINE__, "/./",               "/",                      "/./"                    },
        { __LINE__, "/..",               "/",                      "/.."                    },
        { __LINE__, "/../",              "/",                      "/../"                   },
        { __LINE__, "/a/.",              "/a",                     "/a/."                   },
        { __LINE__, "/a/./",             "/a/",                    "/a/./"                  },
        { __LINE__, "/a/..",             "/",                      "/a/.."                  },
        { __LINE__, "/a/../b",           "/b",                     "/a/../b"                },
        { __LINE__, "/../../b",          "/b",                     "/../../b"               },
        { __LINE__, "/a/b/../../c/",     "/c/",                    "/a/b/../../c/"          },
        { __LINE__, "/a/../../b",        "/b",                     "/a/../../b"             },
        { __LINE__, "/.x/..x/x./...",    "/.x/..x/x./...",         "/.x/..x/x./..."         },
        { __LINE__, "/%2E%2E/x",         "/%252E%252E/x",          "/%252E%252E/x"          },
    };
    size_t i;
    (void)state;
    for (i = 0; i < ROWS(row); i++) {
        cuc_sign_input in = plain_input();
        in.path           = cuc_s(row[i].path);
        assert_text(canonical_line(&in, 1), row[i].expected, row[i].line);
        in.raw_path = 1;
        assert_text(canonical_line(&in, 1), row[i].raw, row[i].line);
    }
}

/* Segments on a stack, as in RFC 3986 section 5.2.4; the header does it without one. */
static void normalize(const char *path, char *out)
{
    size_t stack[64], depth = 0, n = 0;
    char   last = path[0] == 0 ? 0 : path[strlen(path) - 1];
    while (*path != 0) {
        const size_t len = strcspn(path, "/");
        if (len == 2 && memcmp(path, "..", 2) == 0) {
            if (depth > 0) n = stack[--depth];
        } else if (len > 0 && !(len == 1 && *path == '.')) {
            stack[depth++] = n;
            n += (size_t)sprintf(out + n, "/%.*s", (int)len, path);
        }
        path += len + (path[len] == '/');
    }
    if (n == 0 || last == '/') out[n++] = '/';
    out[n] = 0;
}

static void random_paths_are_normalized_as_a_stack_would(void **state)
{
    static const char *const parts[] = { "/", "/", "/", ".", ".", "..", "a", "b", "/..", "/." };
    uint64_t                 random  = 5;
    int                      round;
    (void)state;
    for (round = 0; round < 3000; round++) {
        char           path[64] = "/", expected[80];
        cuc_sign_input in       = plain_input();
        unsigned       n        = next_random(&random) % 14;
        while (n-- > 0) strcat(path, parts[next_random(&random) % ROWS(parts)]);
        normalize(path, expected);
        in.path = cuc_s(path);
        if (strcmp(canonical_line(&in, 1), expected) != 0) fail_msg("%s, not %s", path, expected);
    }
}

/* ---- queries --------------------------------------------------------------------------------- */

static void a_query_is_decoded_encoded_and_sorted(void **state)
{
    static const struct {
        int         line;
        const char *query, *expected;
    } row[] = {
        { __LINE__, "",                               ""                              },
        { __LINE__, "a",                              "a="                            },
        { __LINE__, "a=",                             "a="                            },
        { __LINE__, "=",                              "="                             },
        { __LINE__, "=b",                             "=b"                            },
        { __LINE__, "&&a=1&&b=2&",                    "a=1&b=2"                       },
        { __LINE__, "b=2&a=1",                        "a=1&b=2"                       },
        { __LINE__, "a=2&a=1&a=3",                    "a=1&a=2&a=3"                   },
        { __LINE__, "a=1&a=1",                        "a=1&a=1"                       },
        { __LINE__, "a=b=c",                          "a=b%3Dc"                       },
        { __LINE__, "a-b=1&a=2",                      "a=2&a-b=1"                     },
        { __LINE__, "B=1&a=2&A=3&b=4",                "A=3&B=1&a=2&b=4"               },
        { __LINE__, "a=10&a=9&a=",                    "a=&a=10&a=9"                   },
        { __LINE__, "p=a+b",                          "p=a%2Bb"                       },
        { __LINE__, "p=a%20b",                        "p=a%20b"                       },
        { __LINE__, "p=a b",                          "p=a%20b"                       },
        { __LINE__, "p=%3a%3A",                       "p=%3A%3A"                      },
        { __LINE__, "p=%7E%2d",                       "p=~-"                          },
        { __LINE__, "%61=1",                          "a=1"                           },
        { __LINE__, "p=%",                            "p=%25"                         },
        { __LINE__, "p=%2",                           "p=%252"                        },
        { __LINE__, "p=%zz",                          "p=%25zz"                       },
        { __LINE__, "p=%00",                          "p=%00"                         },
        { __LINE__, "\xE1\x88\xB4=bar",               "%E1%88%B4=bar"                 },
        { __LINE__, "\xE1\x88\xB4=1&~=2&a=3&-=4&%=5", "%25=5&%E1%88%B4=1&-=4&a=3&~=2" },
        { __LINE__, "a=%C3&a=z&a=-",                  "a=%C3&a=-&a=z"                 },
    };
    size_t i;
    (void)state;
    for (i = 0; i < ROWS(row); i++) {
        cuc_sign_input in = plain_input();
        in.query          = cuc_s(row[i].query);
        assert_text(canonical_line(&in, 2), row[i].expected, row[i].line);
    }
}

typedef struct param {
    char name[16], value[16];
} param;

static int by_name_then_value(const void *a, const void *b)
{
    const param *x = a, *y = b;
    const int    n = strcmp(x->name, y->name);
    return n != 0 ? n : strcmp(x->value, y->value);
}

static void encode(const char *raw, char *out)
{
    cuci_out o = cuci_writer(out, 16);
    (void)cuci_put_encoded(&o, lent(cuc_s(raw)), 0);
    cuci_put_end(&o);
    assert_int_equal(o.full, 0);
}

static void random_queries_are_sorted_as_by_qsort(void **state)
{
    static const char *const words[] = { "",   "a", "A", "b",        "aa", "a-",
                                         "a~", "~", "%", "\xC3\xA9", ":" };
    uint64_t                 random  = 6;
    int                      round;
    (void)state;
    for (round = 0; round < 2000; round++) {
        param          p[12];
        char           query[600] = "", expected[1600] = "";
        cuc_sign_input in = plain_input();
        size_t         i, n = 1 + next_random(&random) % 12;
        for (i = 0; i < n; i++) {
            encode(words[next_random(&random) % ROWS(words)], p[i].name);
            encode(words[next_random(&random) % ROWS(words)], p[i].value);
            sprintf(query + strlen(query), "%s%s=%s", i > 0 ? "&" : "", p[i].name, p[i].value);
        }
        qsort(p, n, sizeof *p, by_name_then_value);
        for (i = 0; i < n; i++)
            sprintf(expected + strlen(expected), "%s%s=%s", i > 0 ? "&" : "", p[i].name,
                    p[i].value);
        in.query = cuc_s(query);
        if (strcmp(canonical_line(&in, 2), expected) != 0) fail_msg("%s, not %s", query, expected);
    }
}

/* ---- headers --------------------------------------------------------------------------------- */

static void header_values_are_trimmed_and_inner_blanks_folded(void **state)
{
    static const struct {
        int         line;
        const char *value, *folded;
    } row[] = {
        /* P09 */
        { __LINE__, "",                                                          ""                  },
        { __LINE__, " ",                                                         ""                  },
        { __LINE__, " \t\r\n ",                                                  ""                  },
        { __LINE__, "a",                                                         "a"                 },
        { __LINE__, " a ",                                                       "a"                 },
        { __LINE__, "a b",                                                       "a b"               },
        { __LINE__, "a  b",                                                      "a b"               },
        { __LINE__, "a   b",                                                     "a b"               },
        { __LINE__, "a    b     c",                                              "a b c"             },
        { __LINE__, "a\tb",                                                      "a b"               },
        { __LINE__, "a \t b",                                                    "a b"               },
        { __LINE__, "\"a   b\"",                                                 "\"a b\""           },
        { __LINE__, "a\n  b",                                                    "a b"               },
        { __LINE__, "a\x7F b",                                                   "a\x7F b"           },
        { __LINE__, "a\x7F\x7F",                                                 "a\x7F\x7F"         },
        { __LINE__, "\xC3\xA9  \xC3\xA9",                                        "\xC3\xA9 \xC3\xA9" },
        { __LINE__, "a,b;c=\"d\"",                                               "a,b;c=\"d\""       },
        { __LINE__, "a long value of more than one word  of the machine   each",
         "a long value of "
          "more than one word of the machine each"                                                   },
    };
    size_t i;
    (void)state;
    for (i = 0; i < ROWS(row); i++) {
        cuc_sign_header h[2];
        cuc_sign_input  in = plain_input();
        char            expected[128];
        h[0]            = a_host;
        h[1].name       = cuc_s("A-Header");
        h[1].value      = cuc_s(row[i].value);
        in.headers      = h;
        in.header_count = 2;
        snprintf(expected, sizeof expected, "a-header:%s", row[i].folded);
        assert_text(canonical_line(&in, 3), expected, row[i].line);
    }
}

static void headers_are_lower_case_sorted_and_joined(void **state)
{
    static const cuc_sign_header h[] = {
        { CUC_STR("Zebra"),     CUC_STR("z")   },
        { CUC_STR("my-Header"), CUC_STR("2")   },
        { CUC_STR("HOST"),      CUC_STR("h")   },
        { CUC_STR("My-header"), CUC_STR(" 1 ") },
        { CUC_STR("A"),         CUC_STR("")    },
        { CUC_STR("MY-HEADER"), CUC_STR("3")   },
        { CUC_STR("a_b"),       CUC_STR("u")   },
        { CUC_STR("a-b"),       CUC_STR("d")   },
        { CUC_STR("a"),         CUC_STR("x")   },
    };
    static const char *const lines[] = { "a:,x",
                                         "a-b:d",
                                         "a_b:u",
                                         "host:h",
                                         "my-header:2,1,3",
                                         "x-amz-date:20150830T123600Z",
                                         "zebra:z",
                                         "",
                                         "a;a-b;a_b;host;my-header;x-amz-date;zebra" };
    cuc_sign_input           in      = plain_input();
    unsigned                 i;
    (void)state;
    in.headers      = h;
    in.header_count = ROWS(h);
    for (i = 0; i < ROWS(lines); i++) assert_string_equal(canonical_line(&in, 3 + i), lines[i]);
}

static void token_and_body_hash_are_signed_on_request(void **state)
{
    static const struct {
        int         line;
        const char *token;
        int         content, apart;
        const char *names;
    } row[] = {
        /* P13 */
        { __LINE__, NULL, 0, 0, "host;x-amz-date"                                           },
        { __LINE__, "",   0, 0, "host;x-amz-date"                                           },
        { __LINE__, "T",  0, 0, "host;x-amz-date;x-amz-security-token"                      },
        { __LINE__, "T",  0, 1, "host;x-amz-date"                                           },
        { __LINE__, NULL, 1, 0, "host;x-amz-content-sha256;x-amz-date"                      },
        { __LINE__, "T",  1, 0, "host;x-amz-content-sha256;x-amz-date;x-amz-security-token" },
    };
    size_t i;
    (void)state;
    for (i = 0; i < ROWS(row); i++) {
        cuc_client     c  = plain_client();
        cuc_sign_input in = plain_input();
        cuc_signed     out;
        cuc_result     r;
        char           needle[128];
        c.session_token   = cuc_s(row[i].token);
        in.content_sha256 = row[i].content;
        in.token_unsigned = row[i].apart;
        assert_number(sign(&c, &in, &out, &r), CUC_OK, row[i].line);
        snprintf(needle, sizeof needle, "SignedHeaders=%s, ", row[i].names);
        assert_non_null(strstr(out.authorization.ptr, needle));
        assert_number(out.content_sha256.len, row[i].content ? 64 : 0, row[i].line);
        snprintf(needle, sizeof needle, "\n%s\n", row[i].names);
        assert_non_null(strstr(out.canonical_request.ptr, needle));
    }
}

static void where_names_the_input_that_cannot_be_signed(void **state)
{
    static const struct {
        int         line;
        const char *method, *service, *name, *value, *host;
        cuc_status  status;
        const char *where;
    } row[] = {
        { __LINE__, "",      "s",   "A",   "v",  "Host",  CUC_E_VALUE,    "method"  },
        { __LINE__, NULL,    "s",   "A",   "v",  "Host",  CUC_E_VALUE,    "method"  },
        { __LINE__, "GE T",  "s",   "A",   "v",  "Host",  CUC_E_VALUE,    "method"  },
        { __LINE__, "GET\n", "s",   "A",   "v",  "Host",  CUC_E_VALUE,    "method"  },
        { __LINE__, "GET",   "a/b", "A",   "v",  "Host",  CUC_E_VALUE,    "service" },
        { __LINE__, "GET",   "a b", "A",   "v",  "Host",  CUC_E_VALUE,    "service" },
        { __LINE__, "GET",   "s",   "",    "v",  "Host",  CUC_E_VALUE,    "headers" },
        { __LINE__, "GET",   "s",   NULL,  "v",  "Host",  CUC_E_VALUE,    "headers" },
        { __LINE__, "GET",   "s",   "A B", "v",  "Host",  CUC_E_VALUE,    "headers" },
        { __LINE__, "GET",   "s",   "A:",  "v",  "Host",  CUC_E_VALUE,    "headers" },
        { __LINE__, "GET",   "s",   "A\n", "v",  "Host",  CUC_E_VALUE,    "headers" },
        { __LINE__, "GET",   "s",   "A",   NULL, "Host",  CUC_E_VALUE,    "headers" },
        { __LINE__, "GET",   "s",   "A",   "v",  "Hosts", CUC_E_REQUIRED, "host"    },
    };
    size_t i;
    (void)state;
    for (i = 0; i < ROWS(row); i++) {
        const cuc_client c = plain_client();
        cuc_sign_header  h[2];
        cuc_sign_input   in = plain_input();
        cuc_signed       out;
        cuc_result       r;
        h[0].name = cuc_s(row[i].host), h[0].value = cuc_s("h");
        h[1].name = cuc_s(row[i].name), h[1].value = cuc_s(row[i].value);
        in.method       = cuc_s(row[i].method);
        in.service      = cuc_s(row[i].service);
        in.headers      = h;
        in.header_count = 2;
        assert_number(sign(&c, &in, &out, &r), row[i].status, row[i].line);
        assert_text(r.where, row[i].where, row[i].line);
        assert_null(out.authorization.ptr);
    }
}

static void a_service_name_has_up_to_63_characters(void **state)
{
    static char      name[65];
    const cuc_client c  = plain_client();
    cuc_sign_input   in = plain_input();
    cuc_signed       out;
    cuc_result       r;
    (void)state;
    memset(name, 's', 64);
    in.service.ptr = name;
    in.service.len = 63;
    assert_int_equal(sign(&c, &in, &out, &r), CUC_OK);
    in.service.len = 64;
    assert_int_equal(sign(&c, &in, &out, &r), CUC_E_VALUE);
    in.service = cuc_s(NULL);
    assert_int_equal(sign(&c, &in, &out, &r), CUC_OK);
    assert_non_null(strstr(out.authorization.ptr, "/us-east-1/connect/aws4_request"));
}

/* ---- credentials ----------------------------------------------------------------------------- */

static const struct credential {
    const char *where;
    size_t      offset;
} credentials[] = {
    { "access_key",    offsetof(cuc_client, access_key)    },
    { "secret_key",    offsetof(cuc_client, secret_key)    },
    { "session_token", offsetof(cuc_client, session_token) },
};

static cuc_client client_with(world *w, const struct credential *k, cuc_str value)
{
    cuc_client c = world_client(w);
    memcpy((char *)&c + k->offset, &value, sizeof value);
    return c;
}

/* The one call with these credentials: its status, and nothing may have been called when it
 * refuses. */
static cuc_status tried(const struct credential *k, cuc_str value, const char **where)
{
    static const answer good = { CUC_SENT, 200, NULL, NULL, 0 };
    static cuc_result   r;
    static char         room[CUC_WORK_SIZE(512, 20000)];
    world               w = new_world(&good, 1);
    const cuc_client    c = client_with(&w, k, value);
    const cuc_request   q = small_request();
    (void)cuc_update_contact(&c, &q, room, sizeof room, &r);
    if (r.status != CUC_OK) assert_int_equal(w.hashes + w.macs + w.sends, 0);
    *where = r.where;
    return r.status;
}

static void a_credential_byte_outside_visible_ascii_is_refused(void **state)
{
    static const size_t places[] = { 0, 19, 39 };
    size_t              k, at;
    unsigned            byte;
    const char         *where;
    (void)state;
    for (k = 0; k < ROWS(credentials); k++)
        for (byte = 0; byte < 256; byte++)
            for (at = 0; at < 3; at++) { /* P10 */
                const int quote = k == 0 && at != 1 && (byte == '"' || byte == '\'');
                const int good  = byte > 0x20 && byte < 0x7F && !(k == 0 && byte == '/') && !quote;
                char      text[40];
                cuc_str   value;
                memset(text, 'A', sizeof text);
                text[places[at]] = (char)byte;
                value.ptr        = text;
                value.len        = sizeof text;
                assert_int_equal(tried(&credentials[k], value, &where),
                                 good ? CUC_OK : CUC_E_CREDENTIALS);
                assert_string_equal(where, good ? "" : credentials[k].where);
            }
}

static void credentials_are_required_except_the_token(void **state)
{
    static const cuc_str row[] = {
        { NULL, 0 },
        CUC_STR("")
    };
    size_t      k, i;
    const char *where;
    (void)state;
    for (k = 0; k < ROWS(credentials); k++)
        for (i = 0; i < ROWS(row); i++) {
            assert_int_equal(tried(&credentials[k], row[i], &where),
                             k < 2 ? CUC_E_CREDENTIALS : CUC_OK);
            assert_string_equal(where, k < 2 ? credentials[k].where : "");
        }
}

static void a_credential_without_a_pointer_is_refused(void **state)
{
    static const cuc_str lost = { NULL, 5 };
    size_t               k;
    const char          *where;
    (void)state;
    for (k = 0; k < ROWS(credentials); k++) {
        assert_int_equal(tried(&credentials[k], lost, &where), CUC_E_REQUIRED);
        assert_string_equal(where, credentials[k].where);
    }
}

/* The result is the same, bit for bit, wherever in the secret the bad byte is, and however
 * many. */
static void a_bad_secret_gives_one_error_without_position(void **state)
{
    static const char *const row[] = { " AAAAAAA", "AAAA\nAAA", "AAAAAAA\x7F", "        ",
                                       "\xC3\xA9GGGGGG" };
    cuc_result               first, r;
    size_t                   i;
    (void)state;
    memset(&first, 0, sizeof first);
    for (i = 0; i < ROWS(row); i++) {
        cuc_client      c = plain_client();
        cuc_signing_key key;
        char            room[200];
        c.secret_key = cuc_s(row[i]);
        assert_int_equal(cuc_derive_signing_key(&c, cuc_s("s"), NOON, room, sizeof room, &key, &r),
                         CUC_E_CREDENTIALS); /* P10 */
        if (i == 0) first = r;
        assert_memory_equal(&r, &first, sizeof r);
    }
}

static void no_sentence_contains_a_credential(void **state)
{
    size_t      k;
    const char *where;
    (void)state;
    for (k = 0; k < ROWS(credentials); k++) { /* P81 */
        char       text[256];
        cuc_result r = CUC_ZERO;
        r.status     = tried(&credentials[k], cuc_s("hush hush"), &where);
        memcpy(r.where, where, sizeof r.where);
        cuc_result_text(&r, text, sizeof text);
        assert_null(strstr(text, "hush"));
        assert_memory_equal(text, credentials[k].where, strlen(credentials[k].where));
    }
}

/* ---- an independent check of a signature ----------------------------------------------------- */

/* The signature of this canonical request, by another derivation of the key than the header's. */
static void sign_independently(const cuc_client *c, const char *service, const char *canonical,
                               char hex[65])
{
    unsigned char a[32], b[32];
    char          text[512], secret[256];
    snprintf(secret, sizeof secret, "AWS4%.*s", (int)c->secret_key.len, c->secret_key.ptr);
    real_hmac(NULL, secret, strlen(secret), "20150830", 8, a);
    real_hmac(NULL, a, 32, c->region.ptr, c->region.len, b);
    real_hmac(NULL, b, 32, service, strlen(service), a);
    real_hmac(NULL, a, 32, "aws4_request", 12, b);
    real_sha256(NULL, canonical, strlen(canonical), a);
    to_hex(a, 32, hex);
    snprintf(text, sizeof text,
             "AWS4-HMAC-SHA256\n20150830T123600Z\n20150830/%.*s/%s/aws4_request\n%s",
             (int)c->region.len, c->region.ptr, service, hex);
    real_hmac(NULL, b, 32, text, strlen(text), a);
    to_hex(a, 32, hex);
}

static void check_signature(const cuc_client *c, const cuc_sign_input *in)
{
    cuc_signed out;
    cuc_result r;
    char       hex[65];
    assert_int_equal(sign(c, in, &out, &r), CUC_OK);
    sign_independently(c, "service", out.canonical_request.ptr, hex);
    assert_string_equal(out.authorization.ptr + out.authorization.len - 64, hex);
}

static void a_token_of_any_length_is_signed(void **state)
{
    static const size_t lengths[] = { 1, 1023, 1024, 1025, 4096, 16384 }; /* P11 */
    size_t              i;
    (void)state;
    for (i = 0; i < ROWS(lengths); i++) {
        cuc_client     c     = plain_client();
        cuc_sign_input in    = plain_input();
        char          *token = block(lengths[i] + 1);
        cuc_signed     out;
        cuc_result     r;
        memset(token, 'T', lengths[i]);
        token[lengths[i] - 1] = '=';
        token[lengths[i]]     = 0;
        c.session_token       = cuc_s(token);
        check_signature(&c, &in);
        assert_int_equal(sign(&c, &in, &out, &r), CUC_OK);
        assert_non_null(strstr(out.canonical_request.ptr, token));
        free(token);
    }
}

static void made_and_given_hmac_agree_for_secrets_of_any_length(void **state)
{
    static const size_t lengths[] = { 1, 20, 40, 59, 60, 61, 64, 65, 128, 200 };
    size_t              i;
    (void)state;
    for (i = 0; i < ROWS(lengths); i++) {
        cuc_client     c  = plain_client();
        cuc_sign_input in = plain_input();
        char           secret[201];
        memset(secret, 'k', lengths[i]);
        c.secret_key.ptr = secret;
        c.secret_key.len = lengths[i];
        check_signature(&c, &in);
        c.hmac_sha256 = NULL;
        check_signature(&c, &in);
    }
}

static void a_new_secret_is_used_at_once(void **state)
{
    cuc_client     c  = plain_client();
    cuc_sign_input in = plain_input();
    cuc_signed     out;
    cuc_result     r;
    char           room[2048], hex[65];
    int            i;
    (void)state;
    for (i = 0; i < 3; i++) { /* P14: same id, same buffer, other secret */
        c.secret_key = cuc_s(i == 0 ? "one" : i == 1 ? "two" : "one");
        assert_int_equal(cuc_sign(&c, &in, NOON, room, sizeof room, &out, &r), CUC_OK);
        sign_independently(&c, "service", out.canonical_request.ptr, hex);
        assert_string_equal(out.authorization.ptr + out.authorization.len - 64, hex);
    }
}

/* ---- derived keys ---------------------------------------------------------------------------- */

static void derived(const char *secret, const char *region, const char *service,
                    unsigned char out[32])
{
    cuc_client      c = plain_client();
    cuc_signing_key key;
    cuc_result      r;
    char            room[300];
    c.secret_key = cuc_s(secret);
    c.region     = cuc_s(region);
    assert_int_equal(cuc_derive_signing_key(&c, cuc_s(service), NOON, room, sizeof room, &key, &r),
                     CUC_OK);
    memcpy(out, key.key, 32);
}

static void signing_keys_differ_when_only_the_joined_parts_agree(void **state)
{
    static const char *const row[][3] = {
        /* P15 */
        { "X",  "r",   "s3X" },
        { "X",  "rs3", "X"   },
        { "Xr", "s3",  "X"   },
        { "X",  "r",   "s3"  },
        { "X",  "rs",  "3"   },
    };
    unsigned char key[5][32];
    size_t        i, k;
    (void)state;
    for (i = 0; i < ROWS(row); i++) {
        derived(row[i][0], row[i][1], row[i][2], key[i]);
        for (k = 0; k < i; k++) assert_memory_not_equal(key[i], key[k], 32);
    }
}

static void deriving_fits_the_documented_size_and_wipes_it(void **state)
{
    static const char            zeroes[400];
    static const cuc_signing_key none;
    int                          made;
    size_t                       length, cap, required;
    (void)state;
    for (made = 0; made < 2; made++)
        for (length = 1; length <= 70; length += 23)
            for (cap = 0, required = 1; cap <= required + 1; cap++) { /* P51 P80 */
                cuc_client      c    = plain_client();
                char           *room = block(cap), secret[70];
                cuc_signing_key key;
                cuc_result      r;
                memset(secret, 'S', sizeof secret);
                c.secret_key.ptr = secret;
                c.secret_key.len = length;
                if (made) c.hmac_sha256 = NULL;
                memset(room, 0, cap);
                memset(&key, 0xA5, sizeof key);
                (void)cuc_derive_signing_key(&c, cuc_s("s"), NOON, room, cap, &key, &r);
                required = r.required;
                assert_int_equal(r.status, cap < required ? CUC_E_SPACE : CUC_OK);
                assert_true(required >= 4 + length && required <= 4 + length + (made ? 128 : 0));
                assert_memory_equal(room, zeroes, cap);
                if (cap < required) assert_memory_equal(&key, &none, sizeof key);
                else assert_string_equal(key.date, "20150830");
                free(room);
            }
}

static void deriving_with_the_longest_names_fits_too(void **state)
{
    static char     name[64];
    cuc_client      c = plain_client();
    cuc_signing_key key;
    cuc_result      r;
    (void)state;
    memset(name, 'n', 63);
    c.region      = cuc_s(name);
    c.hmac_sha256 = NULL;
    assert_int_equal(cuc_derive_signing_key(&c, cuc_s(name), NOON, NULL, 0, &key, &r), CUC_E_SPACE);
    assert_true(r.required <= 4 + c.secret_key.len + 128);
}

static void a_signing_key_replaces_the_secret_on_its_day_only(void **state)
{
    cuc_client      c  = plain_client();
    cuc_sign_input  in = plain_input();
    cuc_signing_key key;
    cuc_signed      out;
    cuc_result      r;
    char            room[2048], by_secret[65];
    (void)state;
    assert_int_equal(cuc_derive_signing_key(&c, in.service, NOON, room, sizeof room, &key, &r),
                     CUC_OK);
    assert_int_equal(sign(&c, &in, &out, &r), CUC_OK);
    memcpy(by_secret, out.authorization.ptr + out.authorization.len - 64, 65);
    c.signing_key = &key;
    c.secret_key  = cuc_s("another\nsecret, not even a good one");
    assert_int_equal(sign(&c, &in, &out, &r), CUC_OK);
    assert_string_equal(out.authorization.ptr + out.authorization.len - 64, by_secret);
    assert_int_equal(cuc_sign(&c, &in, NOON + 86400000, room, sizeof room, &out, &r),
                     CUC_E_KEY_DAY); /* P17 */
    assert_string_equal(r.where, "signing_key");
    assert_int_equal(cuc_sign(&c, &in, NOON - 86400000, room, sizeof room, &out, &r),
                     CUC_E_KEY_DAY);
    key.key[31] ^= 1;
    assert_int_equal(sign(&c, &in, &out, &r), CUC_OK);
    assert_string_not_equal(out.authorization.ptr + out.authorization.len - 64, by_secret);
}

static void where_names_the_input_that_derives_no_key(void **state)
{
    static const struct {
        int         line;
        const char *region, *secret, *service;
        int64_t     ms;
        int         hash;
        cuc_status  status;
        const char *where;
    } row[] = {
        { __LINE__, "r", "s",  "x",   NOON,            0, CUC_E_REQUIRED,    "sha256"     },
        { __LINE__, "",  "s",  "x",   NOON,            1, CUC_E_REGION,      "region"     },
        { __LINE__, "r", "",   "x",   NOON,            1, CUC_E_CREDENTIALS, "secret_key" },
        { __LINE__, "r", NULL, "x",   NOON,            1, CUC_E_CREDENTIALS, "secret_key" },
        { __LINE__, "r", "s ", "x",   NOON,            1, CUC_E_CREDENTIALS, "secret_key" },
        { __LINE__, "r", "s",  "x/y", NOON,            1, CUC_E_VALUE,       "service"    },
        { __LINE__, "r", "s",  "x",   -1,              1, CUC_E_TIME,        "now_ms"     },
        { __LINE__, "r", "s",  "x",   253402300800000, 1, CUC_E_TIME,        "now_ms"     },
        { __LINE__, "r", "s",  "x",   INT64_MIN,       1, CUC_E_TIME,        "now_ms"     },
        { __LINE__, "r", "s",  "x",   253402300799999, 1, CUC_OK,            ""           },
        { __LINE__, "r", "s",  NULL,  0,               1, CUC_OK,            ""           },
    };
    static const unsigned char zeroes[32];
    size_t                     i;
    (void)state;
    for (i = 0; i < ROWS(row); i++) {
        cuc_client      c = plain_client();
        cuc_signing_key key;
        cuc_result      r;
        char            room[300];
        c.region     = cuc_s(row[i].region);
        c.secret_key = cuc_s(row[i].secret);
        c.access_key = cuc_s(NULL); /* not needed for this */
        if (!row[i].hash) c.sha256 = NULL;
        assert_number(cuc_derive_signing_key(&c, cuc_s(row[i].service), row[i].ms, room,
                                             sizeof room, &key, &r),
                      row[i].status, row[i].line);
        assert_text(r.where, row[i].where, row[i].line);
        assert_number(memcmp(key.key, zeroes, 32) == 0, row[i].status != CUC_OK, row[i].line);
    }
}

/* ---- HMAC made from the hash ----------------------------------------------------------------- */

static void compare_macs(size_t key_len, size_t text_len, const unsigned char *bytes)
{
    cuc_client     given = plain_client(), made = plain_client();
    const size_t   cap  = (key_len > 64 ? 32 : 0) + 64 + (text_len > 32 ? text_len : 32);
    char          *room = block(cap);
    cuci_out       o    = cuci_writer(room, cap);
    cuc_result     r    = CUC_ZERO;
    cuci_signer    s;
    unsigned char  a[32], b[32];
    unsigned char *key  = block_of(bytes, key_len),
                  *text = block_of(bytes + 300 - text_len, text_len);
    const cuc_str t     = view(text, text_len);
    memset(r.message, 0xA5, sizeof r.message); /* as a response may have left it */
    cuci_signer_begin(&s, &given, &o, &r);
    made.hmac_sha256 = NULL;
    cuci_hmac(&s, lent(view(key, key_len)), &t, a);
    s.client = &made;
    cuci_hmac(&s, lent(view(key, key_len)), &t, b);
    assert_int_equal(o.full, 0);
    if (memcmp(a, b, 32) != 0) fail_msg("key of %d bytes, text of %d", (int)key_len, (int)text_len);
    assert_int_equal(o.len, 0);
    free(key);
    free(text);
    free(room);
}

static void made_and_given_hmac_agree_for_0_to_300_bytes(void **state)
{
    static const size_t some[] = { 0, 1, 31, 32, 33, 55, 56, 63, 64, 65, 119, 120, 128, 300 };
    unsigned char       bytes[300];
    size_t              n, k;
    (void)state;
    for (n = 0; n < sizeof bytes; n++) bytes[n] = (unsigned char)(n * 7); /* a zero first */
    for (n = 0; n <= 300; n++)
        for (k = 0; k < ROWS(some); k++) {
            compare_macs(n, some[k], bytes);
            compare_macs(some[k], n, bytes);
        }
}

/* ---- failures -------------------------------------------------------------------------------- */

static void after_a_failure_cuc_sign_only_measures(void **state)
{
    static const answer none = { CUC_SENT, 200, NULL, NULL, 0 };
    cuc_sign_input      in   = plain_input();
    int                 made, n;
    (void)state;
    for (made = 0; made < 2; made++)
        for (n = 0; n < (made ? 12 : 7); n++) { /* P65 */
            world      w = new_world(&none, 1);
            cuc_client c = world_client(&w);
            char       room[4096];
            cuc_signed out;
            cuc_result r, measured;
            if (made) c.hmac_sha256 = NULL;
            (void)cuc_sign(&c, &in, NOON, NULL, 0, &out, &measured);
            assert_int_equal(w.hashes + w.macs, 0);
            w.armed     = 1;
            w.fail_at   = n;
            w.fail_with = -77 - n;
            assert_int_equal(cuc_sign(&c, &in, NOON, room, sizeof room, &out, &r), CUC_E_CALLBACK);
            assert_int_equal(r.callback, -77 - n);
            assert_int_equal(w.calls, n + 1);
            assert_string_equal(r.where, made || n < 2 ? "sha256" : "hmac_sha256");
            assert_int_equal(r.required, measured.required);
            assert_null(out.authorization.ptr);
        }
}

static int lazy_sha256(void *user, const void *data, size_t len, unsigned char out[32])
{
    (void)data, (void)len;
    memset(out, 0x11, *(size_t *)user); /* the rest is not written */
    return 0;
}

static void every_capacity_gives_the_signature_or_nothing(void **state)
{
    static const struct {
        const char *token, *query;
        int         content, made;
    } row[] = {
        { NULL,    "",                0, 0 },
        { "TOKEN", "b=%2F&a=%C3%A9 ", 1, 0 },
        { "TOKEN", "x",               1, 1 },
        { NULL,    "",                1, 1 },
    };
    size_t i, cap, required, at;
    (void)state;
    for (i = 0; i < ROWS(row); i++)
        for (cap = 0, required = 1; cap <= required + 1; cap++) { /* P51 P12 */
            cuc_client     c    = plain_client();
            cuc_sign_input in   = plain_input();
            char          *room = block(cap), right[65];
            cuc_signed     out;
            cuc_result     r;
            c.session_token   = cuc_s(row[i].token);
            in.query          = cuc_s(row[i].query);
            in.content_sha256 = row[i].content;
            if (row[i].made) c.hmac_sha256 = NULL;
            assert_int_equal(sign(&c, &in, &out, &r), CUC_OK);
            memcpy(right, out.authorization.ptr + out.authorization.len - 64, 65);
            memset(room, 0x5A, cap);
            (void)cuc_sign(&c, &in, NOON, room, cap, &out, &r);
            if (cap == 0) required = r.required;
            assert_int_equal(r.required, required);
            assert_int_equal(r.status, cap < required ? CUC_E_SPACE : CUC_OK);
            assert_int_equal(out.authorization.ptr != NULL, cap >= required);
            for (at = 0; at + 74 <= cap;
                 at++) /* if there is one in the buffer, it is the right one */
                if (memcmp(room + at, "Signature=", 10) == 0)
                    assert_memory_equal(room + at + 10, right, 64);
            if (cap > required) assert_int_equal(room[required], 0x5A);
            free(room);
        }
}

/* ---- the self-test --------------------------------------------------------------------------- */

static int hmac_strlen_key(void *user, const void *key, size_t key_len, const void *data,
                           size_t len, unsigned char out[32])
{
    const void *end = memchr(key, 0, key_len);
    return real_hmac(user, key,
                     end == NULL ? key_len : (size_t)((const char *)end - (const char *)key), data,
                     len, out);
}

static int sha256_hex(void *user, const void *data, size_t len, unsigned char out[32])
{
    unsigned char digest[32];
    char          hex[65];
    real_sha256(user, data, len, digest);
    to_hex(digest, 32, hex);
    memcpy(out, hex, 32);
    return 0;
}

/* Writes the terminator of the hex digits too. Field report 3.12: that must stay in the buffer. */
static int sha256_hex_string(void *user, const void *data, size_t len, unsigned char out[32])
{
    unsigned char digest[32];
    real_sha256(user, data, len, digest);
    to_hex(digest, 32, (char *)out); /* 65 bytes */
    return 0;
}

static int hmac_hex_string(void *user, const void *key, size_t key_len, const void *data,
                           size_t len, unsigned char out[32])
{
    unsigned char digest[32];
    real_hmac(user, key, key_len, data, len, digest);
    to_hex(digest, 32, (char *)out);
    return 0;
}

static int sha256_strlen(void *user, const void *data, size_t len, unsigned char out[32])
{
    const void *end = len > 0 ? memchr(data, 0, len) : NULL;
    return real_sha256(user, data,
                       end == NULL ? len : (size_t)((const char *)end - (const char *)data), out);
}

static int hmac_not_64(void *user, const void *key, size_t key_len, const void *data, size_t len,
                       unsigned char out[32])
{
    unsigned char digest[32]; /* hashes a key of one block, which only longer ones want */
    if (key_len != 64) return real_hmac(user, key, key_len, data, len, out);
    real_sha256(user, key, key_len, digest);
    return real_hmac(user, digest, 32, data, len, out);
}

static int sha256_one_is_success(void *user, const void *data, size_t len, unsigned char out[32])
{
    real_sha256(user, data, len, out);
    return 1;
}

static int hmac_cut(void *user, const void *key, size_t key_len, const void *data, size_t len,
                    unsigned char out[32])
{
    unsigned char digest[32];
    real_hmac(user, key, key_len, data, len, digest);
    memcpy(out, digest, 31);
    return 0;
}

static int hmac_swapped(void *user, const void *key, size_t key_len, const void *data, size_t len,
                        unsigned char out[32])
{
    return real_hmac(user, data, len, key, key_len, out);
}

static int hmac_without_init(void *user, const void *key, size_t key_len, const void *data,
                             size_t len, unsigned char out[32])
{
    (void)user, (void)key, (void)key_len, (void)data, (void)len, (void)out;
    return -137; /* as a library that was not initialized says */
}

static int sha256_nothing(void *user, const void *data, size_t len, unsigned char out[32])
{
    return len == 0 ? 0 : real_sha256(user, data, len, out); /* empty input is skipped */
}

static int hmac_64(void *user, const void *key, size_t key_len, const void *data, size_t len,
                   unsigned char out[32])
{
    return real_hmac(user, key, key_len > 64 ? 64 : key_len, data, len,
                     out); /* long keys are cut */
}

static void the_self_test_finds_each_kind_of_broken_callback(void **state)
{
    static const struct {
        int            line;
        cuc_sha256_fn *sha256;
        cuc_hmac_fn   *hmac;
        const char    *where;
        int            callback;
    } row[] = {
        { __LINE__, real_sha256,           hmac_strlen_key,   "hmac_sha256", 0    },
        { __LINE__, sha256_hex,            real_hmac,         "sha256",      0    },
        { __LINE__, sha256_one_is_success, real_hmac,         "sha256",      1    },
        { __LINE__, real_sha256,           hmac_cut,          "hmac_sha256", 0    },
        { __LINE__, real_sha256,           hmac_swapped,      "hmac_sha256", 0    },
        { __LINE__, real_sha256,           hmac_without_init, "hmac_sha256", -137 },
        { __LINE__, sha256_nothing,        real_hmac,         "sha256",      0    },
        { __LINE__, real_sha256,           hmac_64,           "hmac_sha256", 0    },
        { __LINE__, real_sha256,           hmac_not_64,       "hmac_sha256", 0    },
        { __LINE__, real_sha256,           hmac_hex_string,   "hmac_sha256", 0    },
        { __LINE__, sha256_hex_string,     real_hmac,         "sha256",      0    },
        { __LINE__, sha256_strlen,         real_hmac,         "sha256",      0    },
        { __LINE__, sha256_strlen,         NULL,              "sha256",      0    },
        { __LINE__, sha256_hex,            NULL,              "sha256",      0    },
        { __LINE__, sha256_one_is_success, NULL,              "sha256",      1    },
        { __LINE__, sha256_nothing,        NULL,              "sha256",      0    },
    };
    size_t i;
    (void)state;
    for (i = 0; i < ROWS(row); i++) {
        cuc_client c = plain_client();
        cuc_result r;
        c.sha256      = row[i].sha256;
        c.hmac_sha256 = row[i].hmac;
        assert_number(cuc_selftest(&c, &r), CUC_E_CALLBACK, row[i].line);
        assert_text(r.where, row[i].where, row[i].line);
        if (r.callback != row[i].callback) fail_msg("line %d: %d", row[i].line, r.callback);
    }
}

static void the_self_test_passes_good_callbacks(void **state)
{
    cuc_client c = plain_client();
    cuc_result r;
    (void)state;
    assert_int_equal(cuc_selftest(&c, &r), CUC_OK);
    c.hmac_sha256 = NULL;
    assert_int_equal(cuc_selftest(&c, &r), CUC_OK);
    c.sha256 = NULL;
    assert_int_equal(cuc_selftest(&c, &r), CUC_E_REQUIRED);
    assert_string_equal(r.where, "sha256");
}

static void the_self_test_sentence_names_callback_and_case(void **state)
{
    static const struct {
        int            line;
        cuc_sha256_fn *sha256;
        cuc_hmac_fn   *hmac;
        const char    *sentence;
    } row[] = {
        { __LINE__, real_sha256,    hmac_cut,
         "hmac_sha256: gave a wrong digest for no data and a key that begins with a zero byte"                 },
        { __LINE__, real_sha256,    hmac_without_init, "hmac_sha256: failed, it returned -137"                 },
        { __LINE__, real_sha256,    hmac_not_64,
         "hmac_sha256: gave a wrong digest for a key of 64 bytes"                                              },
        { __LINE__, real_sha256,    hmac_64,
         "hmac_sha256: gave a wrong digest for a key of 131 bytes"                                             },
        { __LINE__, sha256_nothing, NULL,              "sha256: gave a wrong digest for no data"               },
        { __LINE__, sha256_strlen,  NULL,              "sha256: gave a wrong digest for data with a zero byte" },
    };
    size_t i;
    (void)state;
    for (i = 0; i < ROWS(row); i++) {
        cuc_client c = plain_client();
        cuc_result r;
        char       text[CUC_TEXT_SIZE];
        c.sha256      = row[i].sha256;
        c.hmac_sha256 = row[i].hmac;
        cuc_selftest(&c, &r);
        cuc_result_text(&r, text, sizeof text);
        assert_text(text, row[i].sentence, row[i].line);
    }
}

/* ---- what lay there before ------------------------------------------------------------------- */

static void every_escape_in_a_query_is_decoded(void **state)
{
    int c, lower;
    (void)state;
    for (c = 0; c < 256; c++)
        for (lower = 0; lower < 2; lower++) {
            char           raw[8], expected[8];
            cuc_sign_input in = plain_input();
            snprintf(raw, sizeof raw, lower ? "q=%%%02x" : "q=%%%02X", (unsigned)c);
            snprintf(expected, sizeof expected,
                     isalnum(c) || strchr("-._~", c) ? "q=%c" : "q=%%%02X", (unsigned)c);
            if (c == 0) strcpy(expected, "q=%00");
            in.query = cuc_s(raw);
            assert_text(canonical_line(&in, 2), expected, c);
        }
}

static int lazy_hmac(void *user, const void *key, size_t key_len, const void *data, size_t len,
                     unsigned char out[32])
{
    (void)key, (void)key_len;
    return lazy_sha256(user, data, len, out);
}

static void a_short_digest_or_hmac_leaks_no_stack_bytes(void **state)
{
    size_t n, i;
    int    mac;
    (void)state;
    for (mac = 0; mac < 2; mac++)
        for (n = 0; n <= 32; n++) { /* P70 */
            cuc_client    c = plain_client();
            char          scratch[8];
            const cuc_str x = view("x", 1);
            cuci_out      o = cuci_writer(scratch, sizeof scratch);
            cuc_result    r = CUC_ZERO;
            cuci_signer   s;
            unsigned char out[32];
            memset(&s, 0, sizeof s);
            memset(out, 0xA5, sizeof out);
            c.user        = &n;
            c.sha256      = lazy_sha256;
            c.hmac_sha256 = lazy_hmac;
            s.client = &c, s.out = &o, s.result = &r;
            if (mac) cuci_hmac(&s, &x, &x, out);
            else cuci_hash(&s, x.ptr, x.len, out);
            for (i = 0; i < 32; i++) assert_int_equal(out[i], i < n ? 0x11 : 0);
        }
}

static void a_failed_cuc_sign_or_derivation_returns_zeroes(void **state)
{
    static const cuc_signed      no_signature;
    static const cuc_signing_key no_key;
    static const answer          none = { CUC_SENT, 200, NULL, NULL, 0 };
    cuc_sign_input               in   = plain_input();
    int                          what, deriving;
    (void)state;
    for (what = 0; what < 4; what++) /* a bad secret, a failing hash or HMAC, too small a buffer */
        for (deriving = 0; deriving < 2; deriving++) {
            world           w = new_world(&none, 1);
            cuc_client      c = world_client(&w);
            char            room[4096];
            cuc_signed      out;
            cuc_signing_key key;
            cuc_result      r;
            memset(&out, 0xA5, sizeof out);
            memset(&key, 0xA5, sizeof key);
            memset(&r, 0xA5, sizeof r);
            if (what == 0) c.secret_key = cuc_s(" ");
            w.armed     = what == 1 || what == 2;
            w.fail_at   = what == 1 ? 0 : 3;
            w.fail_with = 9;
            if (deriving)
                (void)cuc_derive_signing_key(&c, in.service, NOON, room, what == 3 ? 9 : 4096, &key,
                                             &r);
            else (void)cuc_sign(&c, &in, NOON, room, what == 3 ? 99 : 4096, &out, &r);
            assert_int_equal(r.status, what == 0   ? CUC_E_CREDENTIALS
                                       : what == 3 ? CUC_E_SPACE
                                                   : CUC_E_CALLBACK);
            if (deriving) assert_memory_equal(&key, &no_key, sizeof key);
            else assert_memory_equal(&out, &no_signature, sizeof out);
            assert_string_equal(r.message, "");
            assert_int_equal(r.attempts + r.retryable + r.bytes, 0);
        }
}

static void deriving_ignores_the_signing_key_of_the_client(void **state)
{
    cuc_client      c = plain_client();
    cuc_signing_key today, tomorrow, rolled;
    cuc_result      r;
    char            room[300];
    (void)state;
    assert_int_equal(cuc_derive_signing_key(&c, cuc_s("x"), NOON, room, sizeof room, &today, &r),
                     CUC_OK);
    assert_int_equal(
        cuc_derive_signing_key(&c, cuc_s("x"), NOON + 86400000, room, sizeof room, &tomorrow, &r),
        CUC_OK);
    c.signing_key = &today;
    assert_int_equal(
        cuc_derive_signing_key(&c, cuc_s("x"), NOON + 86400000, room, sizeof room, &rolled, &r),
        CUC_OK);
    assert_memory_equal(&rolled, &tomorrow, sizeof rolled);
    c.secret_key = cuc_s(" "); /* it is the secret that counts */
    assert_int_equal(cuc_derive_signing_key(&c, cuc_s("x"), NOON, room, sizeof room, &rolled, &r),
                     CUC_E_CREDENTIALS);
}

static void a_header_value_without_a_pointer_is_refused(void **state)
{
    const cuc_client c  = plain_client();
    cuc_sign_input   in = plain_input();
    cuc_sign_header  h[2];
    cuc_signed       out;
    cuc_result       r;
    (void)state;
    h[0]            = a_host;
    h[1].name       = cuc_s("A");
    h[1].value      = view(NULL, 3);
    in.headers      = h;
    in.header_count = 2;
    assert_int_equal(sign(&c, &in, &out, &r), CUC_E_REQUIRED);
    assert_string_equal(r.where, "headers");
}

int test_sigv4(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_documented_example_has_its_signature),
        cmocka_unit_test(the_documented_signing_key_is_derived),
        cmocka_unit_test(a_path_is_normalized_and_encoded_again),
        cmocka_unit_test(random_paths_are_normalized_as_a_stack_would),
        cmocka_unit_test(a_query_is_decoded_encoded_and_sorted),
        cmocka_unit_test(random_queries_are_sorted_as_by_qsort),
        cmocka_unit_test(header_values_are_trimmed_and_inner_blanks_folded),
        cmocka_unit_test(headers_are_lower_case_sorted_and_joined),
        cmocka_unit_test(token_and_body_hash_are_signed_on_request),
        cmocka_unit_test(where_names_the_input_that_cannot_be_signed),
        cmocka_unit_test(a_service_name_has_up_to_63_characters),
        cmocka_unit_test(a_credential_byte_outside_visible_ascii_is_refused),
        cmocka_unit_test(credentials_are_required_except_the_token),
        cmocka_unit_test(a_credential_without_a_pointer_is_refused),
        cmocka_unit_test(a_bad_secret_gives_one_error_without_position),
        cmocka_unit_test(no_sentence_contains_a_credential),
        cmocka_unit_test(a_token_of_any_length_is_signed),
        cmocka_unit_test(made_and_given_hmac_agree_for_secrets_of_any_length),
        cmocka_unit_test(a_new_secret_is_used_at_once),
        cmocka_unit_test(signing_keys_differ_when_only_the_joined_parts_agree),
        cmocka_unit_test(deriving_fits_the_documented_size_and_wipes_it),
        cmocka_unit_test(deriving_with_the_longest_names_fits_too),
        cmocka_unit_test(a_signing_key_replaces_the_secret_on_its_day_only),
        cmocka_unit_test(where_names_the_input_that_derives_no_key),
        cmocka_unit_test(made_and_given_hmac_agree_for_0_to_300_bytes),
        cmocka_unit_test(after_a_failure_cuc_sign_only_measures),
        cmocka_unit_test(every_capacity_gives_the_signature_or_nothing),
        cmocka_unit_test(the_self_test_finds_each_kind_of_broken_callback),
        cmocka_unit_test(the_self_test_passes_good_callbacks),
        cmocka_unit_test(the_self_test_sentence_names_callback_and_case),
        cmocka_unit_test(every_escape_in_a_query_is_decoded),
        cmocka_unit_test(a_short_digest_or_hmac_leaks_no_stack_bytes),
        cmocka_unit_test(a_failed_cuc_sign_or_derivation_returns_zeroes),
        cmocka_unit_test(deriving_ignores_the_signing_key_of_the_client),
        cmocka_unit_test(a_header_value_without_a_pointer_is_refused),
    };
    const int bad = GROUP(tests);
    free(work);
    work = NULL;
    return bad;
}
