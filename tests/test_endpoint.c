/* White box, section >>endpoint: region and options, or a URL, to scheme, host, port, base path. */
#define CUC_STATIC
#define CONNECT_UPDATE_CONTACT_IMPLEMENTATION
#include "data.h"

static cuc_client in_region(const char *region)
{
    cuc_client c = CUC_ZERO;
    c.region     = cuc_s(region);
    return c;
}

static cuc_client at_url(const char *url)
{
    cuc_client c   = CUC_ZERO;
    c.endpoint_url = cuc_s(url);
    return c;
}

static void check_resolved(const cuc_client *c, const char *expected, int line)
{
    const size_t n   = strlen(expected);
    char        *buf = block(n + 1);
    cuc_result   r;
    assert_number(cuc_resolve_endpoint(c, buf, n + 1, &r), CUC_OK, line);
    assert_text(buf, expected, line);
    assert_number(r.required, n + 1, line);
    free(buf);
}

static void check_refused(const cuc_client *c, cuc_status status, const char *where, int line)
{
    char       buf[64] = "untouched";
    cuc_result r;
    assert_number(cuc_resolve_endpoint(c, buf, sizeof buf, &r), status, line);
    assert_text(r.where, where, line);
    assert_text(buf, "untouched", line);
}

/* ---- regions --------------------------------------------------------------------------------- */

static void a_region_has_the_host_of_its_partition(void **state)
{
    static const struct {
        int         line;
        const char *region, *plain, *dual;
    } row[] = {
        { __LINE__, "us-west-2",         "amazonaws.com",    "api.aws"                      },
        { __LINE__, "eu-central-1",      "amazonaws.com",    "api.aws"                      },
        { __LINE__, "us-east-99",        "amazonaws.com",    "api.aws"                      },
        { __LINE__, "made-up-region",    "amazonaws.com",    "api.aws"                      },
        { __LINE__, "aws-global",        "amazonaws.com",    "api.aws"                      },
        { __LINE__, "cn-north-1",        "amazonaws.com.cn", "api.amazonwebservices.com.cn" },
        { __LINE__, "aws-cn-global",     "amazonaws.com.cn", "api.amazonwebservices.com.cn" },
        { __LINE__, "eusc-de-east-1",    "amazonaws.eu",     "api.amazonwebservices.eu"     },
        { __LINE__, "us-iso-east-1",     "c2s.ic.gov",       "api.aws.ic.gov"               },
        { __LINE__, "aws-iso-global",    "c2s.ic.gov",       "api.aws.ic.gov"               },
        { __LINE__, "us-isob-east-1",    "sc2s.sgov.gov",    "api.aws.scloud"               },
        { __LINE__, "aws-iso-b-global",  "sc2s.sgov.gov",    "api.aws.scloud"               },
        { __LINE__, "eu-isoe-west-1",    "cloud.adc-e.uk",   "api.cloud-aws.adc-e.uk"       },
        { __LINE__, "aws-iso-e-global",  "cloud.adc-e.uk",   "api.cloud-aws.adc-e.uk"       },
        { __LINE__, "us-isof-south-1",   "csp.hci.ic.gov",   "api.aws.hci.ic.gov"           },
        { __LINE__, "aws-iso-f-global",  "csp.hci.ic.gov",   "api.aws.hci.ic.gov"           },
        { __LINE__, "us-gov-west-1",     "amazonaws.com",    "api.aws"                      },
        { __LINE__, "aws-us-gov-global", "amazonaws.com",    "api.aws"                      },
        /* almost one of the patterns: PREFIX, a word, a dash, digits and nothing else */
        { __LINE__, "cn-north",          "amazonaws.com",    "api.aws"                      },
        { __LINE__, "cn-north-",         "amazonaws.com",    "api.aws"                      },
        { __LINE__, "cn--1",             "amazonaws.com",    "api.aws"                      },
        { __LINE__, "cn-1",              "amazonaws.com",    "api.aws"                      },
        { __LINE__, "cn-north-1ab",      "amazonaws.com",    "api.aws"                      },
        { __LINE__, "cn-north-a1",       "amazonaws.com",    "api.aws"                      },
        { __LINE__, "cn-north-1-2",      "amazonaws.com",    "api.aws"                      },
        { __LINE__, "CN-north-1",        "amazonaws.com",    "api.aws"                      },
        { __LINE__, "xcn-north-1",       "amazonaws.com",    "api.aws"                      },
        { __LINE__, "eusc-east-1",       "amazonaws.com",    "api.aws"                      },
        { __LINE__, "us-iso-1",          "amazonaws.com",    "api.aws"                      },
        { __LINE__, "us-isox-east-1",    "amazonaws.com",    "api.aws"                      },
        { __LINE__, "aws-cn-globa",      "amazonaws.com",    "api.aws"                      },
        { __LINE__, "aws-cn-globalx",    "amazonaws.com",    "api.aws"                      },
    };
    size_t i, kind;
    (void)state;
    for (i = 0; i < ROWS(row); i++)
        for (kind = 0; kind < 4; kind++) {
            cuc_client c   = in_region(row[i].region);
            const int  gov = strstr(row[i].region, "us-gov") != NULL; /* P27: no -fips there */
            char       expected[200];
            if (row[i].region[strlen(row[i].region) - 1] == '-') continue; /* no host label */
            c.use_fips      = kind & 1;
            c.use_dualstack = kind >> 1 & 1;
            snprintf(expected, sizeof expected, "https://connect%s.%s.%s",
                     c.use_fips && !(gov && !c.use_dualstack) ? "-fips" : "", row[i].region,
                     c.use_dualstack ? row[i].dual : row[i].plain);
            check_resolved(&c, expected, row[i].line);
        }
}

static void a_region_is_a_host_label_of_1_to_63_characters(void **state)
{
    static const char x63[] = "aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeeffffffffffggg";
    static const struct {
        int         line;
        const char *region;
        int         good;
    } row[] = {
        /* P26, P27 */
        { __LINE__, "a",              1 },
        { __LINE__, "1",              1 },
        { __LINE__, "A-1",            1 },
        { __LINE__, "US-EAST-1",      1 },
        { __LINE__, x63,              1 },
        { __LINE__, "123",            1 },
        { __LINE__, "a--b",           1 },
        { __LINE__, "",               0 },
        { __LINE__, NULL,             0 },
        { __LINE__, "-",              0 },
        { __LINE__, "-a",             0 },
        { __LINE__, "a-",             0 },
        { __LINE__, "evil.com/",      0 },
        { __LINE__, "evil.com",       0 },
        { __LINE__, "a@b",            0 },
        { __LINE__, "a#",             0 },
        { __LINE__, "a?b",            0 },
        { __LINE__, "a:b",            0 },
        { __LINE__, "a/b",            0 },
        { __LINE__, "a\\b",           0 },
        { __LINE__, "a_b",            0 },
        { __LINE__, "a b",            0 },
        { __LINE__, " a",             0 },
        { __LINE__, "a\n",            0 },
        { __LINE__, "a\r\nX: y",      0 },
        { __LINE__, "a\tb",           0 },
        { __LINE__, "a%2f",           0 },
        { __LINE__, "\xC3\xA9",       0 },
        { __LINE__, "a\x7F",          0 },
        { __LINE__, "us-east-1.",     0 },
        /* field report 3.9: only a zone, and FIPS as a prefix or suffix */
        { __LINE__, "us-east-1a",     0 },
        { __LINE__, "eu-central-1c",  0 },
        { __LINE__, "us-gov-west-1z", 0 },
        { __LINE__, "US-EAST-1A",     0 },
        { __LINE__, "fips-us-east-1", 0 },
        { __LINE__, "us-east-1-fips", 0 },
        { __LINE__, "aws-global",     1 },
        { __LINE__, "us-east1",       1 },
        { __LINE__, "us-east-1-a",    1 },
        { __LINE__, "us-east-fips-1", 1 },
        { __LINE__, "fipsus-east-1",  1 },
        { __LINE__, "us-east-1fips",  1 },
        { __LINE__, "us-east-1ab",    1 },
    };
    size_t i;
    (void)state;
    for (i = 0; i < ROWS(row); i++) {
        const cuc_client c = in_region(row[i].region);
        char             expected[160];
        snprintf(expected, sizeof expected, "https://connect.%s.amazonaws.com",
                 row[i].good ? row[i].region : "");
        if (row[i].good) check_resolved(&c, expected, row[i].line);
        else check_refused(&c, CUC_E_REGION, "region", row[i].line);
    }
}

static void a_custom_url_allows_any_region_label(void **state)
{
    static const char *const regions[] = { "us-east-1a", "fips-us-east-1", "us-east-1-fips" };
    size_t                   i;
    (void)state;
    for (i = 0; i < ROWS(regions); i++) {
        cuc_client c   = in_region(regions[i]);
        c.endpoint_url = cuc_s("https://localhost");
        check_resolved(&c, "https://localhost", __LINE__);
    }
}

static void a_region_of_64_characters_or_with_a_nul_is_refused(void **state)
{
    char       text[64];
    cuc_client c = CUC_ZERO;
    (void)state;
    memset(text, 'r', sizeof text);
    c.region.ptr = text;
    c.region.len = 64;
    check_refused(&c, CUC_E_REGION, "region", __LINE__); /* P26 */
    c.region.len = 63;
    text[5]      = 0;
    check_refused(&c, CUC_E_REGION, "region", __LINE__);
    c.region.len = SIZE_MAX; /* refused by its length, not read to its end */
    check_refused(&c, CUC_E_REGION, "region", __LINE__);
    c.region.ptr = NULL; /* P74: a length without a pointer */
    c.region.len = 5;
    check_refused(&c, CUC_E_REQUIRED, "region", __LINE__);
}

static void only_the_bytes_of_a_label_pass_in_a_region(void **state)
{
    unsigned c;
    (void)state;
    for (c = 1; c < 256; c++) { /* P26 */
        const int good = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
        char      text[4] = "ax0";
        cuc_result r;
        cuc_client client;
        text[1] = (char)c;
        client  = in_region(text);
        assert_int_equal(cuc_resolve_endpoint(&client, NULL, 0, &r),
                         good || c == '-' ? CUC_E_SPACE : CUC_E_REGION);
        client = in_region(text + 1);
        assert_int_equal(cuc_resolve_endpoint(&client, NULL, 0, &r),
                         good ? CUC_E_SPACE : CUC_E_REGION);
    }
}

/* ---- the partitions of the SDKs, which are read in place ------------------------------------- */

static void check_suffix(const char *region, int dual, const char *suffix)
{
    cuc_client c = in_region(region);
    char       expected[200];
    c.use_dualstack = dual;
    snprintf(expected, sizeof expected, "https://connect.%s.%s", region, suffix);
    check_resolved(&c, expected, __LINE__);
}

static void every_listed_region_is_in_its_partition(void **state)
{
    json_t *all = load(data_folder(), "partitions.json"), *partition, *region;
    size_t  i = 0, k = 0;
    (void)state;
    json_array_foreach(json_object_get(all, "partitions"), i, partition)
        json_array_foreach(json_object_get(partition, "regions"), k, region)
    {
        const char *name = json_string_value(region);
        check_suffix(name, 0, json_string_value(json_object_get(partition, "dnsSuffix")));
        check_suffix(name, 1, json_string_value(json_object_get(partition, "dualStackDnsSuffix")));
    }
    if (all != NULL) assert_true(i == 8 && k > 0);
    json_decref(all);
}

/* ---- custom URLs ----------------------------------------------------------------------------- */

static void custom_urls_are_normalized_as_in_the_table(void **state)
{
    static const struct {
        int         line;
        const char *url, *resolved;
    } row[] = {
        { __LINE__, "https://example.com",                      "https://example.com"             },
        { __LINE__, "http://example.com",                       "http://example.com"              },
        { __LINE__, "HTTPS://EXAMPLE.com",                      "https://example.com"             },
        { __LINE__, "https://example.com/",                     "https://example.com"             }, /* P28 */
        { __LINE__, "https://example.com:443",                  "https://example.com"             }, /* P22 P23, from here on */
        { __LINE__, "https://example.com:0443/",                "https://example.com"             },
        { __LINE__, "https://example.com:8443",                 "https://example.com:8443"        },
        { __LINE__, "https://example.com:80",                   "https://example.com:80"          },
        { __LINE__, "http://example.com:80",                    "http://example.com"              },
        { __LINE__, "http://example.com:443",                   "http://example.com:443"          },
        { __LINE__, "http://localhost:8080",                    "http://localhost:8080"           },
        { __LINE__, "http://127.0.0.1:1",                       "http://127.0.0.1:1"              },
        { __LINE__, "http://h:65535",                           "http://h:65535"                  },
        { __LINE__, "http://under_score.x",                     "http://under_score.x"            },
        { __LINE__, "http://trailing.dot.",                     "http://trailing.dot."            },
        { __LINE__, "https://[::1]",                            "https://[::1]"                   }, /* P24, from here on */
        { __LINE__, "https://[::1]:443",                        "https://[::1]"                   },
        { __LINE__, "http://[::1]:8080/",                       "http://[::1]:8080"               },
        { __LINE__, "https://[2001:DB8::A]:8443/x",             "https://[2001:db8::a]:8443/x"    },
        { __LINE__, "https://[::ffff:1.2.3.4]",                 "https://[::ffff:1.2.3.4]"        },
        { __LINE__, "https://p.example:8443/base/path",
         "https://p.example:8443/base/path"                                                       }, /* P08 */
        { __LINE__, "https://p.example/base/path/",             "https://p.example/base/path"     },
        { __LINE__, "https://p.example/Base~!$&'()*+,;=:@-._x",
         "https://p.example/Base~!$&'()*+,;=:@-._x"                                               },
        { __LINE__, "https://p.example/a%2Fb%20",               "https://p.example/a%2Fb%20"      },
        { __LINE__, "https://p.example/.x/..x/x./...",          "https://p.example/.x/..x/x./..." },
    };
    size_t i;
    (void)state;
    for (i = 0; i < ROWS(row); i++) {
        cuc_client c = at_url(row[i].url);
        check_resolved(&c, row[i].resolved, row[i].line);
    }
}

static void urls_other_than_the_documented_form_are_refused(void **state)
{
    static const char *const row[] = {
        "example.com",
        "//example.com",
        "ftp://example.com",
        "https:/example.com",
        "https//example.com",
        "https://",
        "https:///",
        "https://:443",
        "http://:80/x",
        "https",
        "h",
        "https:",
        "https://user@host",
        "https://user:pw@host",
        "https://@host", /* P25, from here on */
        "https://host?query",
        "https://host/?q",
        "https://host/#f",
        "https://host#f",
        "https://host/a?b#c",
        "https://host/a#b",
        "https://host@evil.example/",
        "https://host:",
        "https://host:0",
        "https://host:65536",
        "https://host:x",
        "https://host:1x",
        "https://host:-1",
        "https://host: 443",
        "https://host:+443",
        "https://host:443:443",
        "https://host:99999999999999999999",
        "https://host:/x",
        "https://[::1",
        "https://::1]",
        "https://[]",
        "https://[]:443",
        "https://[::1]x",
        "https://[::1]443",
        "https://[::1]:",
        "https://[::1%25eth0]",
        "https://[g::1]",
        "https://[::1]@h",
        "https://[[::1]]",
        "https://x[::1]",
        "https://::1",
        "https://[1234]",
        "https://[1.2.3.4]",
        "https://host//",
        "https://host//x",
        "https://host/a//b",
        "https://host/a//", /* P28 */
        "https://host/.",   /* P07, from here on */
        "https://host/..",
        "https://host/./",
        "https://host/a/../b",
        "https://host/../",
        "https://host/a/.",
        "https://host/%",
        "https://host/%2",
        "https://host/%2g",
        "https://host/%g2",
        "https://host/a%",
        "https://host/a b",
        "https://host/a\x7F",
        "https://host/\xC3\xA9",
        "https://ho st",
        "https://host ",
        " https://host",
        "https://host\n",
        "https://host\r\nX: y",
        "https://host/\r\nX: y",
        "https://h\xC3\xB6st",
        "https://ho%73t",
        "https://host\\x",
        "https://ho*st",
        "https://host,evil",
        "https://host;x",
        "https://host\t",
        "https://host/\t",
    };
    size_t i;
    (void)state;
    for (i = 0; i < ROWS(row); i++) {
        cuc_client c = at_url(row[i]);
        cuc_result r;
        if (cuc_resolve_endpoint(&c, NULL, 0, &r) != CUC_E_ENDPOINT) fail_msg("%s", row[i]);
        assert_string_equal(r.where, "endpoint_url");
    }
}

static void a_nul_in_a_url_is_refused(void **state)
{
    static const cuc_str row[] = { CUC_STR("https://host\0"), CUC_STR("https://host\0.evil"),
                                   CUC_STR("https://host/\0"), CUC_STR("\0https://host") };
    size_t               i;
    (void)state;
    for (i = 0; i < ROWS(row); i++) {
        cuc_client c   = CUC_ZERO;
        c.endpoint_url = row[i];
        check_refused(&c, CUC_E_ENDPOINT, "endpoint_url", __LINE__);
    }
}

/* Every byte anywhere: nothing but visible ASCII ever comes out, and every port, host and base is
 * the input's own. P30. */
static void any_byte_in_a_url_is_refused_or_written_visibly(void **state)
{
    static const char good[] = "https://a.b:8443/c/d%20";
    size_t            at, i;
    unsigned          c;
    (void)state;
    for (at = 0; at < sizeof good - 1; at++)
        for (c = 0; c < 256; c++) {
            char       text[sizeof good], out[sizeof good];
            cuc_client client = CUC_ZERO;
            cuc_result r;
            memcpy(text, good, sizeof good);
            text[at]                = (char)c;
            client.endpoint_url.ptr = text;
            client.endpoint_url.len = sizeof good - 1;
            if (cuc_resolve_endpoint(&client, out, sizeof out, &r) != CUC_OK) {
                assert_int_equal(r.status, CUC_E_ENDPOINT);
                continue;
            }
            for (i = 0; out[i] != 0; i++) assert_in_range(out[i], 0x21, 0x7E);
            assert_null(strpbrk(out, "?#"));
            assert_true(strcspn(out + 8, "@") > strcspn(out + 8, "/")); /* none in the host */
        }
}

static void a_url_cut_at_any_byte_is_never_read_past_its_end(void **state)
{
    static const char *const row[] = { "https://[2001:db8::1]:8443/base%2Fpath/x",
                                       "http://a.b:80/" };
    size_t                   i, n;
    (void)state;
    for (i = 0; i < ROWS(row); i++)
        for (n = 1; n <= strlen(row[i]); n++) {
            char      *exact = block_of(row[i], n);
            cuc_client c     = CUC_ZERO;
            cuc_result r;
            c.endpoint_url.ptr = exact;
            c.endpoint_url.len = n;
            (void)cuc_resolve_endpoint(&c, NULL, 0, &r);
            assert_true(r.status == CUC_E_ENDPOINT || r.status == CUC_E_SPACE);
            free(exact);
        }
}

static void a_custom_url_excludes_fips_and_dual_stack(void **state)
{
    cuc_client c = at_url("https://example.com");
    (void)state;
    c.use_fips = 1;
    check_refused(&c, CUC_E_ENDPOINT, "endpoint_url", __LINE__);
    c.use_dualstack = 1;
    check_refused(&c, CUC_E_ENDPOINT, "endpoint_url", __LINE__);
    c.use_fips = 0;
    check_refused(&c, CUC_E_ENDPOINT, "endpoint_url", __LINE__);
    c.use_dualstack = 0;
    c.region        = cuc_s("cn-north-1"); /* the URL wins over the region */
    check_resolved(&c, "https://example.com", __LINE__);
}

static void an_empty_url_is_unset(void **state)
{
    cuc_client c = at_url("");
    (void)state;
    check_refused(&c, CUC_E_REGION, "region", __LINE__);
    c.region = cuc_s("eu-west-1");
    check_resolved(&c, "https://connect.eu-west-1.amazonaws.com", __LINE__);
    c.endpoint_url.ptr = NULL; /* P74: a length without a pointer */
    c.endpoint_url.len = 5;
    check_refused(&c, CUC_E_REQUIRED, "endpoint_url", __LINE__);
}

/* ---- capacity -------------------------------------------------------------------------------- */

static void every_capacity_gives_the_endpoint_or_an_empty_string(void **state)
{
    static const char *const row[] = { "https://[2001:DB8::1]:8443/b", "http://Ab.example:81",
                                       NULL };
    size_t                   i, cap, required;
    cuc_result               r;
    (void)state;
    for (i = 0; i < ROWS(row); i++) { /* P51 */
        cuc_client c = at_url(row[i]);
        c.region     = cuc_s("us-west-2");
        (void)cuc_resolve_endpoint(&c, NULL, 0, &r);
        required = r.required;
        for (cap = 0; cap <= required + 1; cap++) {
            char *buf = block(cap);
            memset(buf, 0x5A, cap);
            assert_int_equal(cuc_resolve_endpoint(&c, buf, cap, &r),
                             cap < required ? CUC_E_SPACE : CUC_OK);
            assert_int_equal(r.required, required);
            if (cap > 0) assert_int_equal(strlen(buf), cap < required ? 0 : required - 1);
            if (cap > required) assert_int_equal(buf[required], 0x5A);
            free(buf);
        }
    }
}

int test_endpoint(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_region_has_the_host_of_its_partition),
        cmocka_unit_test(a_region_is_a_host_label_of_1_to_63_characters),
        cmocka_unit_test(a_custom_url_allows_any_region_label),
        cmocka_unit_test(a_region_of_64_characters_or_with_a_nul_is_refused),
        cmocka_unit_test(only_the_bytes_of_a_label_pass_in_a_region),
        cmocka_unit_test(every_listed_region_is_in_its_partition),
        cmocka_unit_test(custom_urls_are_normalized_as_in_the_table),
        cmocka_unit_test(urls_other_than_the_documented_form_are_refused),
        cmocka_unit_test(a_nul_in_a_url_is_refused),
        cmocka_unit_test(any_byte_in_a_url_is_refused_or_written_visibly),
        cmocka_unit_test(a_url_cut_at_any_byte_is_never_read_past_its_end),
        cmocka_unit_test(a_custom_url_excludes_fips_and_dual_stack),
        cmocka_unit_test(an_empty_url_is_unset),
        cmocka_unit_test(every_capacity_gives_the_endpoint_or_an_empty_string),
    };
    return GROUP(tests);
}
