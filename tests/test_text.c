/* White box, section >>text: writer, scans, UTF-8, hex, numbers, percent-encoding, dates. */
#define CUC_STATIC
#define CONNECT_UPDATE_CONTACT_IMPLEMENTATION
#include "support.h"

/* ---- the writer ------------------------------------------------------------------------------ */

static const char *const pieces[] = {
    "", "a", "bcd", "", "efghijkl", "mnopq", "rs", "", "tuvwxyz"
};

static void put_pieces(cuci_out *o)
{
    size_t i;
    for (i = 0; i < ROWS(pieces); i++) cuci_put(o, lent(cuc_s(pieces[i])));
}

/* How many bytes of the pieces a buffer of cap bytes gets: whole ones, up to the first misfit. */
static size_t copied_at(size_t cap)
{
    size_t i, n = 0;
    for (i = 0; i < ROWS(pieces) && n + strlen(pieces[i]) <= cap; i++) n += strlen(pieces[i]);
    return n;
}

static void the_writer_copies_nothing_after_an_overflow(void **state)
{
    static const char all[] = "abcdefghijklmnopqrstuvwxyz";
    size_t            cap, i;
    (void)state;
    for (cap = 0; cap <= 27; cap++) { /* P51 */
        unsigned char *buf = block(cap);
        cuci_out       o   = cuci_writer(buf, cap);
        memset(buf, 0xA5, cap);
        put_pieces(&o);
        assert_int_equal(o.len, 26);
        assert_int_equal(o.full, cap < 26);
        assert_memory_equal(buf, all, copied_at(cap));
        for (i = copied_at(cap); i < cap; i++) assert_int_equal(buf[i], 0xA5);
        free(buf);
    }
}

static void writing_to_null_measures(void **state)
{
    cuci_out o = cuci_writer(NULL, 0), lied = cuci_writer(NULL, 1000);
    (void)state;
    cuci_put(&o, lent(cuc_s("")));
    assert_int_equal(o.full, 0); /* P74: nothing into nothing fits */
    put_pieces(&o);
    put_pieces(&lied);
    assert_int_equal(o.len, 26);
    assert_int_equal(o.full, 1);
    assert_int_equal(lied.len, 26);
    assert_int_equal(lied.full, 1);
}

static void a_null_view_is_counted_and_not_written(void **state)
{
    unsigned char *buf = block(8);
    cuci_out       o   = cuci_writer(buf, 8);
    (void)state;
    memset(buf, 0xA5, 8);
    cuci_put(&o, lent(view(NULL, 5)));
    cuci_put(&o, lent(cuc_s("xyz")));
    assert_int_equal(o.len, 8);
    assert_int_equal(o.full, 0);
    assert_memory_equal(buf, "\xA5\xA5\xA5\xA5\xA5xyz", 8);
    free(buf);
}

static void a_total_that_would_wrap_saturates(void **state)
{
    static const struct {
        int    line;
        size_t first, second, third, len;
    } row[] = {
        /* P50 */
        { __LINE__, SIZE_MAX,         0,                0, SIZE_MAX     },
        { __LINE__, SIZE_MAX,         1,                0, SIZE_MAX     },
        { __LINE__, 1,                SIZE_MAX,         1, SIZE_MAX     },
        { __LINE__, SIZE_MAX / 2,     SIZE_MAX / 2,     0, SIZE_MAX - 1 },
        { __LINE__, SIZE_MAX / 2,     SIZE_MAX / 2,     1, SIZE_MAX     },
        { __LINE__, SIZE_MAX / 2,     SIZE_MAX / 2,     2, SIZE_MAX     },
        { __LINE__, SIZE_MAX / 2 + 1, SIZE_MAX / 2 + 1, 7, SIZE_MAX     },
    };
    size_t i;
    (void)state;
    for (i = 0; i < ROWS(row); i++) {
        char     buf[4] = "....";
        cuci_out o      = cuci_writer(buf, sizeof buf);
        cuci_put(&o, lent(view(NULL, row[i].first)));
        cuci_put(&o, lent(view(NULL, row[i].second)));
        cuci_put(&o, lent(view(NULL, row[i].third)));
        cuci_put(&o, lent(cuc_s("")));
        assert_number(o.len, row[i].len, row[i].line);
        assert_number(o.full, 1, row[i].line);
        assert_memory_equal(buf, "....", 4);
    }
}

static void put_part_writes_the_bytes_of_its_range(void **state)
{
    static const char digits[] = "012345678";
    size_t            from, to;
    (void)state;
    for (from = 0; from <= 9; from++)
        for (to = from; to <= 9; to++) {
            char    *buf = block(to - from);
            cuci_out o   = cuci_writer(buf, to - from);
            cuci_put_part(&o, digits, from, to);
            assert_int_equal(o.full, 0);
            assert_int_equal(o.len, to - from);
            assert_memory_equal(buf, digits + from, to - from);
            free(buf);
        }
}

static void the_required_size_is_the_peak_length(void **state)
{
    char      buf[16];
    cuci_out  o = cuci_writer(buf, sizeof buf), m = cuci_writer(NULL, 0);
    cuci_out *each[2];
    unsigned  i;
    (void)state;
    each[0] = &o;
    each[1] = &m;
    for (i = 0; i < 2; i++) {
        cuci_put(each[i], lent(cuc_s("0123456789ab")));
        cuci_rewind(each[i], 4);
        assert_int_equal(cuci_required(each[i]), 12);
        cuci_put(each[i], lent(cuc_s("xx")));
        assert_int_equal(cuci_required(each[i]), 12);
        cuci_rewind(each[i], 0);
        assert_int_equal(cuci_required(each[i]), 12);
        cuci_put(each[i], lent(cuc_s("0123456789abcd")));
        assert_int_equal(cuci_required(each[i]), 14);
    }
}

static void written_returns_a_view_unless_only_counted(void **state)
{
    char     buf[8];
    cuci_out o = cuci_writer(buf, sizeof buf);
    cuc_str  s;
    (void)state;
    cuci_put(&o, lent(cuc_s("abcdef")));
    s = cuci_written(&o, 2);
    assert_ptr_equal(s.ptr, buf + 2);
    assert_int_equal(s.len, 4);
    cuci_put(&o, lent(cuc_s("ghi")));
    s = cuci_written(&o, 2);
    assert_null(s.ptr);
    assert_int_equal(s.len, 7);
}

/* P80: the secret may be what did fit before the overflow. */
static void wipe_written_wipes_from_the_mark_on_only(void **state)
{
    size_t cap, i;
    (void)state;
    for (cap = 0; cap <= 24; cap++) {
        unsigned char *buf = block(cap);
        cuci_out       o   = cuci_writer(buf, cap);
        memset(buf, 0xA5, cap);
        cuci_put(&o, lent(cuc_s("public")));
        cuci_put(&o, lent(cuc_s("secret")));
        cuci_put(&o, lent(cuc_s("more!")));
        cuci_wipe_written(&o, 6);
        assert_int_equal(o.len, 6);
        assert_int_equal(cuci_required(&o), 17);
        for (i = 0; i < cap; i++) {
            const int kept = cap >= 6 ? i < 6 || (cap >= 17 && i >= 17) : 1;
            assert_int_equal(buf[i] != 0, kept);
        }
        free(buf);
    }
}

/* ---- scanning -------------------------------------------------------------------------------- */

static const struct kind { /* in words what the table of the header says in bits */
    const cuci_plain *plain;
    unsigned          low, a, b;
    int               high;
} kinds[] = {
    { NULL,                0x00, 0x80, 0x80, 0 }, /* ASCII, a scan of its own */
    { &cuci_plain_visible, 0x21, 0x7F, 0x7F, 0 },
    { &cuci_plain_json,    0x20, 0x22, 0x5C, 1 },
};

static size_t run_by_bytes(const unsigned char *p, size_t n, size_t i, const struct kind *k)
{
    while (i < n && p[i] >= k->low && p[i] != k->a && p[i] != k->b && (p[i] < 0x80 || k->high)) i++;
    return i;
}

static void check_run(const unsigned char *p, size_t n, size_t i, const struct kind *k)
{
    const cuc_str s   = view(p, n);
    const size_t  end = k->plain == NULL ? cuci_ascii_run(&s, i) : cuci_run(&s, i, k->plain);
    if (end != run_by_bytes(p, n, i, k))
        fail_msg("kind %d, %d bytes from %d on", (int)(k - kinds), (int)n, (int)i);
}

static void check_run_with_any_byte_at(unsigned char *p, size_t n, size_t at, const struct kind *k)
{
    unsigned c;
    for (c = 0; c < 256; c++) {
        p[at] = (unsigned char)c;
        check_run(p, n, 0, k);
    }
    p[at] = 0x61;
}

/* Every byte value at every place of texts of every length and alignment: nine words and a bit. */
static void the_word_scan_stops_where_a_byte_scan_stops(void **state)
{
    const size_t word = sizeof(size_t);
    size_t       k, offset, n, at;
    (void)state;
    for (k = 0; k < ROWS(kinds); k++)
        for (offset = 0; offset < word; offset++) /* P72 */
            for (n = 0; n <= 9 * word + 1; n += n < 2 * word ? 1 : word - 1) {
                unsigned char *buf = block(offset + n), *p = buf + offset;
                memset(buf, 0x61, offset + n);
                check_run(p, n, 0, &kinds[k]);
                for (at = 0; at < n; at++) check_run_with_any_byte_at(p, n, at, &kinds[k]);
                free(buf);
            }
}

static void the_word_scan_agrees_on_random_strings(void **state)
{
    static const unsigned char bytes[] = { 0x00, 0x1F, 0x20, 0x21, 0x22, 0x23, 0x5B, 0x5C,
                                           0x5D, 0x61, 0x7E, 0x7F, 0x80, 0xFF, 0xA2, 0xDC };
    uint64_t                   random  = 1;
    size_t                     round, i, k;
    (void)state;
    for (round = 0; round < 3000; round++) {
        const size_t   n    = next_random(&random) % 90;
        const unsigned rare = 1 + next_random(&random) % 60;
        unsigned char *p    = block(n);
        memset(p, 0x61, n);
        for (i = 0; i < n; i++)
            if (next_random(&random) % rare == 0) p[i] = bytes[next_random(&random) % sizeof bytes];
        for (k = 0; k < ROWS(kinds); k++)
            for (i = 0; i <= n; i++) check_run(p, n, i, &kinds[k]);
        free(p);
    }
}

/* ---- UTF-8 ----------------------------------------------------------------------------------- */

/* By the code point that the bits say, unlike the header, which goes by ranges of bytes. */
static unsigned step_by_value(const unsigned char *p, size_t n)
{
    static const uint32_t least[5] = { 0, 0, 0x80, 0x800, 0x10000 };
    const unsigned        size     = p[0] < 0x80         ? 1
                                     : p[0] >> 5 == 0x06 ? 2
                                     : p[0] >> 4 == 0x0E ? 3
                                     : p[0] >> 3 == 0x1E ? 4
                                                         : 0;
    uint32_t              c        = size < 2 ? p[0] : p[0] & (0x7Fu >> size);
    unsigned              i;
    if (size == 0 || size > n) return 0;
    for (i = 1; i < size; i++) {
        if (p[i] >> 6 != 2) return 0;
        c = c << 6 | (p[i] & 0x3Fu);
    }
    return c < least[size] || c > 0x10FFFF || (c >= 0xD800 && c <= 0xDFFF) ? 0 : size;
}

static void check_step(const unsigned char *p, size_t n)
{
    unsigned char *exact = block_of(p, n);
    if (cuci_utf8_step(lent(view(exact, n)), 0) != step_by_value(p, n))
        fail_msg("%02x %02x %02x %02x, %d bytes", p[0], p[1], p[2], p[3], (int)n);
    free(exact);
}

static unsigned encode(uint32_t c, unsigned char out[4])
{
    const unsigned n = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
    unsigned       i;
    for (i = n; i > 1; i--, c >>= 6) out[i - 1] = (unsigned char)(0x80 | (c & 0x3F));
    out[0] = (unsigned char)(n == 1 ? c : (0xF00u >> n & 0xFFu) | c);
    return n;
}

static void utf8_takes_every_character_and_refuses_surrogates(void **state)
{
    uint32_t c;
    (void)state;
    for (c = 0; c <= 0x110100; c++) { /* P40, also what lies behind the last one */
        unsigned char  p[4];
        const unsigned n    = encode(c, p);
        const unsigned good = c <= 0x10FFFF && (c < 0xD800 || c > 0xDFFF) ? n : 0;
        if (cuci_utf8_step(lent(view(p, n)), 0) != good) fail_msg("U+%04X", (unsigned)c);
    }
}

static void utf8_checks_every_pair_of_bytes(void **state)
{
    unsigned      a, b;
    unsigned char p[4] = { 0, 0, 0x80, 0x80 };
    (void)state;
    for (a = 0; a < 256; a++)
        for (b = 0; b < 256; b++) {
            p[0] = (unsigned char)a;
            p[1] = (unsigned char)b;
            check_step(p, 2); /* P40 */
            if (a >= 0xE0) check_step(p, 4);
        }
}

static void utf8_checks_every_tail_of_3_and_4_bytes(void **state)
{
    static const unsigned char edge[] = {
        0x00, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xFF
    };
    unsigned a, b, c, d;
    (void)state;
    for (a = 0xC0; a < 256; a++)
        for (b = 0; b < sizeof edge; b++)
            for (c = 0; c < sizeof edge; c++)
                for (d = 0; d < sizeof edge; d++) {
                    unsigned char p[4];
                    p[0] = (unsigned char)a;
                    p[1] = edge[b];
                    p[2] = edge[c];
                    p[3] = edge[d];
                    if (d == 0) check_step(p, 3);
                    check_step(p, 4);
                }
}

#define ILL_FORMED SIZE_MAX

static void utf8_refuses_a_character_cut_at_the_end(void **state)
{
    static const char *const row[] = { "\xC3\xA9", "\xE2\x82\xAC", "\xED\x9F\xBF",
                                       "\xF0\x9F\x98\x80", "\xF4\x8F\xBF\xBF" };
    size_t                   i, n, before;
    (void)state;
    for (i = 0; i < ROWS(row); i++)
        for (before = 0; before < 20; before++) /* P40: a run of ASCII first, then the cut */
            for (n = 1; n <= strlen(row[i]); n++) {
                unsigned char *p = block(before + n);
                memset(p, 0x61, before);
                memcpy(p + before, row[i], n);
                assert_int_equal(cuci_characters(lent(view(p, before + n))),
                                 n == strlen(row[i]) ? before + 1 : ILL_FORMED);
                free(p);
            }
}

static void lengths_count_characters_and_not_bytes(void **state)
{
    static const struct {
        int         line;
        const char *text;
        size_t      count;
    } row[] = {
        { __LINE__, "",                                             0          },
        { __LINE__, "abc",                                          3          },
        { __LINE__, "12345678",                                     8          },
        { __LINE__, "123456789\x7F\x7F",                            11         },
        { __LINE__, "\xC3\xA9t\xC3\xA9",                            3          },
        { __LINE__, "e\xCC\x81",                                    2          }, /* a combining accent is a character of its own */
        { __LINE__, "\xF0\x9F\x91\xA9\xE2\x80\x8D\xF0\x9F\x9A\x80", 3          },
        { __LINE__, "\xEF\xBB\xBFx",                                2          },
        { __LINE__, "\xEF\xBF\xBE\xEF\xBF\xBF",                     2          }, /* noncharacters are well-formed */
        { __LINE__, "\xC0\x80",                                     ILL_FORMED }, /* P40: overlong, from here on */
        { __LINE__, "\xC1\xBF",                                     ILL_FORMED },
        { __LINE__, "\xE0\x9F\xBF",                                 ILL_FORMED },
        { __LINE__, "\xF0\x8F\xBF\xBF",                             ILL_FORMED },
        { __LINE__, "\xED\xA0\x80",                                 ILL_FORMED }, /* surrogates */
        { __LINE__, "\xED\xBF\xBF",                                 ILL_FORMED },
        { __LINE__, "\xED\xA0\xBD\xED\xB8\x80",                     ILL_FORMED },
        { __LINE__, "\xF4\x90\x80\x80",                             ILL_FORMED }, /* above U+10FFFF */
        { __LINE__, "\xF5\x80\x80\x80",                             ILL_FORMED },
        { __LINE__, "\xFE",                                         ILL_FORMED },
        { __LINE__, "\xFF",                                         ILL_FORMED },
        { __LINE__, "abcdefgh\x80",                                 ILL_FORMED }, /* a stray continuation */
        { __LINE__, "abcdefghijklmnop\xC3(",                        ILL_FORMED },
    };
    size_t i;
    (void)state;
    for (i = 0; i < ROWS(row); i++)
        assert_number(cuci_characters(lent(cuc_s(row[i].text))), row[i].count, row[i].line);
    assert_int_equal(cuci_characters(lent(view("a\0b", 3))), 3); /* P43 */
    assert_int_equal(cuci_characters(lent(view(NULL, 0))), 0);   /* P74 */
}

/* ---- classes and small helpers --------------------------------------------------------------- */

#define DIGITS "0123456789"
#define LETTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

static void the_character_classes_match_their_definition(void **state)
{
    static const struct {
        int         line;
        unsigned    bit;
        const char *members;
    } row[] = {
        { __LINE__, CUCI_UNRESERVED, LETTERS DIGITS "-._~"                             }, /* P04 */
        { __LINE__, CUCI_LABEL,      LETTERS DIGITS "-"                                },
        { __LINE__, CUCI_HOST,       LETTERS DIGITS "-._"                              },
        { __LINE__, CUCI_IPV6,       DIGITS "ABCDEFabcdef:."                           },
        { __LINE__, CUCI_HEX,        DIGITS "ABCDEFabcdef"                             },
        { __LINE__, CUCI_DIGIT,      DIGITS                                            },
        { __LINE__, CUCI_BASE,       LETTERS DIGITS "!\"$%&'()*+,-./:;<=>@[\\]^_`{|}~" },
        { __LINE__, CUCI_BASE64,     LETTERS DIGITS "+/=%"                             },
    };
    size_t   i;
    unsigned c;
    (void)state;
    for (i = 0; i < ROWS(row); i++)
        for (c = 0; c < 300; c++) {
            const int member = c > 0 && c < 128 && strchr(row[i].members, (int)c) != NULL;
            if (cuci_is(c, row[i].bit) != member) fail_msg("line %d, 0x%02x", row[i].line, c);
        }
}

/* P36, P75: no locale, no sign. */
static void only_ascii_letters_are_folded(void **state)
{
    unsigned c;
    (void)state;
    for (c = 0; c < 256; c++) {
        const char     upper = (char)c;
        const unsigned lower = c >= 'A' && c <= 'Z' ? c + 32 : c;
        const char     other = (char)(c ^ 0x20u);
        const int      pair  = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
        assert_int_equal(cuci_lower(c), lower);
        assert_int_equal(cuci_compare(view(&upper, 1), view(&upper, 1)) == 0, 1);
        assert_int_equal(cuci_compare(view(&upper, 1), view(&other, 1)) == 0, pair);
    }
    assert_int_equal(cuci_compare(cuc_s("DATE"), cuc_s("date")) == 0, 1);
    assert_int_equal(cuci_compare(cuc_s("DATE"), cuc_s("dates")) == 0, 0);
    assert_int_equal(cuci_compare(cuc_s("i"), cuc_s("\xC4\xB1")) == 0, 0);
}

static void trimming_takes_blanks_and_controls_from_both_ends(void **state)
{
    static const struct {
        int         line;
        const char *text, *trimmed;
    } row[] = {
        { __LINE__, "",          ""      },
        { __LINE__, " ",         ""      },
        { __LINE__, "\r\n",      ""      },
        { __LINE__, " \t x \t ", "x"     },
        { __LINE__, "a b",       "a b"   },
        { __LINE__, "x\r\n",     "x"     },
        { __LINE__, "\x7Fx",     "\x7Fx" },
        { __LINE__, "\x80 ",     "\x80"  },
    };
    cuc_str none = view(NULL, 0);
    size_t  i;
    (void)state;
    for (i = 0; i < ROWS(row); i++) {
        cuc_str s = cuc_s(row[i].text);
        cuci_trim(&s);
        assert_number(s.len, strlen(row[i].trimmed), row[i].line);
        assert_memory_equal(s.ptr, row[i].trimmed, s.len);
    }
    cuci_trim(&none);
    assert_int_equal(none.len, 0);
}

static void parts_and_searches_stay_inside_the_string(void **state)
{
    static const char *const text = "abcdef";
    size_t                   from, to;
    (void)state;
    for (from = 0; from <= 6; from++) {
        for (to = from; to <= 6; to++) {
            const cuc_str s = cuci_part(cuc_s(text), from, to);
            assert_int_equal(s.len, to - from);
            assert_ptr_equal(s.ptr, text + from);
        }
    }
    assert_int_equal(cuci_find(cuc_s(text), 0, 'a'), 0);
    assert_int_equal(cuci_find(cuc_s(text), 1, 'a'), 6);
    assert_int_equal(cuci_find(cuc_s(text), 9, 'a'), 9);
}

static void prefixes_are_compared_with_or_without_case(void **state)
{
    (void)state;
    assert_int_equal(cuci_begins(lent(cuc_s("HTTPS://x")), "https://", 1), 8);
    assert_int_equal(cuci_begins(lent(cuc_s("HTTPS://x")), "https://", 0), 0);
    assert_int_equal(cuci_begins(lent(cuc_s("https:/")), "https://", 1), 0);
    assert_int_equal(cuci_begins(lent(cuc_s("https://")), "https://", 0), 8);
    assert_int_equal(cuci_begins(lent(view(NULL, 0)), "https://", 0), 0);
}

static void words_of_a_list_match_only_whole(void **state)
{
    static const char words[] = "date\0age\0";
    (void)state;
    assert_int_equal(cuci_index(words, lent(cuc_s("date"))), 1);
    assert_int_equal(cuci_index(words, lent(cuc_s("age"))), 2);
    assert_int_equal(cuci_index(words, lent(cuc_s("Age"))), 0);
    assert_int_equal(cuci_index(words, lent(cuc_s("ag"))), 0);
    assert_int_equal(cuci_index(words, lent(cuc_s("ages"))), 0);
    assert_int_equal(cuci_index(words, lent(view("age\0", 4))), 0);
    assert_int_equal(cuci_index(words, lent(cuc_s(""))), 0);
    assert_string_equal(cuci_word(words, 1), "age");
    assert_string_equal(cuci_word(words, 2), "");
}

static void only_one_or_two_dots_are_dot_segments(void **state)
{
    static const struct {
        int         line;
        const char *text;
        int         dots;
    } row[] = {
        { __LINE__, "",     0 },
        { __LINE__, ".",    1 },
        { __LINE__, "..",   1 },
        { __LINE__, "...",  0 },
        { __LINE__, ".x",   0 },
        { __LINE__, "x.",   0 },
        { __LINE__, "x",    0 },
        { __LINE__, "..x",  0 },
        { __LINE__, ".%2e", 0 },
    };
    size_t i;
    (void)state;
    for (i = 0; i < ROWS(row); i++)
        assert_number(cuci_is_dots(cuc_s(row[i].text)), row[i].dots, row[i].line); /* P07 */
}

static void cuc_s_views_a_string_and_null_is_unset(void **state)
{
    const cuc_str unset = cuc_s(NULL), empty = cuc_s(""), text = cuc_s("abc\0def");
    (void)state;
    assert_null(unset.ptr);
    assert_int_equal(unset.len, 0);
    assert_non_null(empty.ptr);
    assert_int_equal(empty.len, 0);
    assert_int_equal(text.len, 3);
}

/* ---- hex, numbers, percent ------------------------------------------------------------------- */

static void hex_digits_are_lower_case(void **state)
{
    unsigned char digest[32];
    char          text[64], expected[65];
    cuci_out      o = cuci_writer(text, sizeof text);
    unsigned      i, round;
    (void)state;
    for (i = 0; i < 16; i++)
        assert_int_equal(cuci_hex_digit(i, 0x61), "0123456789abcdef"[i]); /* P83 */
    for (round = 0; round < 8; round++) {
        for (i = 0; i < 32; i++) digest[i] = (unsigned char)(round * 32 + i);
        to_hex(digest, 32, expected);
        o = cuci_writer(text, sizeof text);
        cuci_put_hex(&o, digest);
        assert_int_equal(o.full, 0);
        assert_memory_equal(text, expected, 64);
    }
}

static void numbers_are_written_as_printf_writes_them(void **state)
{
    static const cuci_wide row[] = { 0,          1,
                                     9,          10,
                                     99,         100,
                                     12345,      65535,
                                     65536,      999999999,
                                     1000000000, UINT32_MAX - 1,
                                     UINT32_MAX, (cuci_wide)-1 };
    size_t                 i;
    (void)state;
    for (i = 0; i < ROWS(row); i++) {
        char     text[24], expected[24];
        cuci_out o = cuci_writer(text, sizeof text);
        cuci_put_number(&o, row[i]);
        cuci_put_end(&o);
        snprintf(expected, sizeof expected, "%llu", (unsigned long long)row[i]);
        assert_string_equal(text, expected);
    }
}

static void numbers_are_read_from_one_to_nine_digits(void **state)
{
    static const struct {
        int         line;
        const char *text;
        int32_t     number;
    } row[] = {
        { __LINE__, "0",                    0         },
        { __LINE__, "7",                    7         },
        { __LINE__, "0010",                 10        },
        { __LINE__, "443",                  443       },
        { __LINE__, "65536",                65536     },
        { __LINE__, "999999999",            999999999 },
        { __LINE__, "",                     -1        },
        { __LINE__, "1000000000",           -1        },
        { __LINE__, "-1",                   -1        },
        { __LINE__, "+1",                   -1        },
        { __LINE__, " 1",                   -1        },
        { __LINE__, "1 ",                   -1        },
        { __LINE__, "1e3",                  -1        },
        { __LINE__, "0x10",                 -1        },
        { __LINE__, "1.5",                  -1        },
        { __LINE__, "\xD9\xA1",             -1        },
        { __LINE__, "99999999999999999999", -1        },
    };
    size_t i;
    (void)state;
    for (i = 0; i < ROWS(row); i++)
        assert_int_equal(cuci_number(cuc_s(row[i].text)), row[i].number);
}

/* How byte c is written in a URL. P04: only unreserved characters stay. P06: upper-case hex. */
static const char *encoded_byte(unsigned c, int slashes)
{
    static char text[4];
    const int   stays = c > 0 && c < 128 && strchr(LETTERS DIGITS "-._~", (int)c) != NULL;
    snprintf(text, sizeof text, stays || (slashes && c == '/') ? "%c" : "%%%02X", (int)c);
    return text;
}

static void all_but_unreserved_bytes_are_percent_encoded(void **state)
{
    unsigned c;
    int      slashes;
    (void)state;
    for (c = 0; c < 256; c++)
        for (slashes = 0; slashes < 2; slashes++) {
            const char  byte     = (char)c;
            const char *expected = encoded_byte(c, slashes);
            char        text[4];
            cuci_out    o = cuci_writer(text, sizeof text);
            size_t      n = cuci_put_encoded(&o, lent(view(&byte, 1)), slashes);
            cuci_put_end(&o);
            assert_string_equal(text, expected);
            assert_int_equal(n, strlen(expected) == 3);
        }
}

static void percent_encoding_is_right_at_every_capacity(void **state)
{
    uint64_t random = 2;
    size_t   round, i, cap;
    (void)state;
    for (round = 0; round < 300; round++) {
        const size_t n = next_random(&random) % 14;
        char         text[14], expected[64] = "";
        for (i = 0; i < n; i++) {
            text[i] = (char)(next_random(&random) % 3 == 0 ? next_random(&random) : 0x61);
            strcat(expected, encoded_byte((unsigned char)text[i], (int)(round & 1)));
        }
        for (cap = 0; cap <= strlen(expected); cap++) {
            char    *buf = block(cap);
            cuci_out o   = cuci_writer(buf, cap);
            (void)cuci_put_encoded(&o, lent(view(text, n)), (int)(round & 1));
            assert_int_equal(o.len, strlen(expected));
            assert_int_equal(o.full, cap < o.len);
            if (!o.full) assert_memory_equal(buf, expected, cap);
            free(buf);
        }
    }
}

/* ---- dates ----------------------------------------------------------------------------------- */

#define DAY ((int64_t)86400000)

static void check_time(int64_t ms, const char *expected, int line)
{
    cuci_time t;
    char      text[17];
    assert_number(cuci_split_time(ms, &t), 1, line);
    memcpy(text, t.text, 16);
    text[16] = 0;
    assert_text(text, expected, line);
}

static void dates_match_the_table(void **state)
{
    static const struct {
        int         line;
        int64_t     ms;
        const char *text;
    } row[] = {
        /* P64; the seconds are `date -u +%s`'s */
        { __LINE__, 0,               "19700101T000000Z" },
        { __LINE__, 999,             "19700101T000000Z" },
        { __LINE__, 1000,            "19700101T000001Z" },
        { __LINE__, DAY - 1,         "19700101T235959Z" },
        { __LINE__, DAY,             "19700102T000000Z" },
        { __LINE__, 951782400000,    "20000229T000000Z" },
        { __LINE__, 951868799999,    "20000229T235959Z" },
        { __LINE__, 951868800000,    "20000301T000000Z" },
        { __LINE__, 1440938160000,   "20150830T123600Z" },
        { __LINE__, 2147483647000,   "20380119T031407Z" },
        { __LINE__, 2147483648000,   "20380119T031408Z" },
        { __LINE__, 4102444799000,   "20991231T235959Z" },
        { __LINE__, 4107456000000,   "21000228T000000Z" },
        { __LINE__, 4107542400000,   "21000301T000000Z" },
        { __LINE__, 4294967296000,   "21060207T062816Z" }, /* 2^32 seconds */
        { __LINE__, 253402300799000, "99991231T235959Z" },
        { __LINE__, 253402300799999, "99991231T235959Z" },
    };
    size_t i;
    (void)state;
    for (i = 0; i < ROWS(row); i++) check_time(row[i].ms, row[i].text, row[i].line);
}

static void times_before_1970_and_after_9999_are_refused(void **state)
{
    static const int64_t row[] = { -1,        -1000,           -DAY,
                                   INT64_MIN, 253402300800000, 253402300800001,
                                   INT64_MAX };
    cuci_time            t;
    size_t               i;
    (void)state;
    for (i = 0; i < ROWS(row); i++) assert_int_equal(cuci_split_time(row[i], &t), 0);
}

static int month_length(int year, int month)
{
    static const int length[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    const int        leap     = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return length[month - 1] + (leap && month == 2);
}

/* Counts days one by one, which cannot be wrong in the header's way. */
static void every_day_from_1970_to_9999_follows_the_day_before(void **state)
{
    int       year = 1970, month = 1, day = 1;
    uint32_t  n, months;
    char      expected[40];
    cuci_time t;
    (void)state;
    for (n = 0; year <= 9999; n++) {
        snprintf(expected, sizeof expected, "%04d%02d%02dT000000Z", year, month, day);
        if (!cuci_split_time((int64_t)n * 86400000, &t) || memcmp(t.text, expected, 16) != 0)
            fail_msg("day %u is %.16s, not %s", n, t.text, expected);
        months = (uint32_t)((year - 1970) * 12 + month - 1);
        if (cuci_days_before(months) + (uint32_t)day - 1 != n)
            fail_msg("%s is not day %u", expected, n);
        if (++day <= month_length(year, month)) continue;
        day = 1;
        if (++month <= 12) continue;
        month = 1;
        year++;
    }
    assert_int_equal(n, 2932897); /* 8,030 years of 365 days and 1,947 leap days */
}

static void every_second_of_a_day_is_written(void **state)
{
    cuci_time t;
    long      s;
    char      expected[40];
    (void)state;
    for (s = 0; s < 86400; s++) {
        assert_int_equal(cuci_split_time(1440892800000 + s * 1000 + 999, &t), 1);
        snprintf(expected, sizeof expected, "%02ld%02ld%02ld", s / 3600, s / 60 % 60, s % 60);
        if (memcmp(t.text, "20150830T", 9) != 0 || memcmp(t.text + 9, expected, 6) != 0)
            fail_msg("second %ld", s);
    }
}

static const char good_date[] = "Sun, 06 Nov 1994 08:49:37 GMT";

static void http_dates_are_read_as_milliseconds(void **state)
{
    static const struct {
        int         line;
        const char *text;
        int64_t     ms;
    } row[] = {
        { __LINE__, good_date,                       784111777000    },
        { __LINE__, "Thu, 01 Jan 1970 00:00:00 GMT", 0               },
        { __LINE__, "Tue, 29 Feb 2000 23:59:59 GMT", 951868799000    },
        { __LINE__, "Tue, 19 Jan 2038 03:14:08 GMT", 2147483648000   },
        { __LINE__, "Mon, 01 Mar 2100 00:00:00 GMT", 4107542400000   },
        { __LINE__, "Fri, 31 Dec 9999 23:59:59 GMT", 253402300799000 },
        { __LINE__, "Sun, 31 Dec 2017 23:59:60 GMT", 1514764800000   }, /* a leap second */
    };
    size_t i;
    (void)state;
    for (i = 0; i < ROWS(row); i++)
        if (cuci_http_date(lent(cuc_s(row[i].text))) != row[i].ms) fail_msg("%s", row[i].text);
}

static void every_month_has_its_number(void **state)
{
    static const char names[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    int64_t           days    = 0;
    int               month;
    (void)state;
    for (month = 1; month <= 12; month++) {
        char text[30];
        snprintf(text, sizeof text, "Xxx, 01 %.3s 1971 00:00:00 GMT", names + 3 * (month - 1));
        assert_int_equal(cuci_http_date(lent(cuc_s(text))), (365 + days) * DAY);
        days += month_length(1971, month);
    }
}

static void a_malformed_http_date_is_ignored(void **state) /* P21 */
{
    static const char *const row[] = {
        "",
        "0",
        "-1",
        "1994",
        "784111777",
        "Sun, 06 Nov 1994 08:49:37 UTC",
        "Sun, 06 Nov 1994 08:49:37 gmt",
        "Sun, 06 Nov 1994 08:49:37 GMT ",
        " Sun, 06 Nov 1994 08:49:37 GMT",
        "Sun, 06 Nov 1994 08:49:37 +0000",
        "Sun, 6 Nov 1994 08:49:37 GMT",
        "Sunday, 06-Nov-94 08:49:37 GMT",
        "Sun Nov  6 08:49:37 1994",
        "Sun, 00 Nov 1994 08:49:37 GMT",
        "Sun, 32 Nov 1994 08:49:37 GMT",
        "Sun, -1 Nov 1994 08:49:37 GMT",
        "Sun, 06 nov 1994 08:49:37 GMT",
        "Sun, 06 Nov 0000 08:49:37 GMT",
        "Sun, 06 Nov 1969 08:49:37 GMT",
        "Sun, 06 anF 1994 08:49:37 GMT",
        "Sun, 06 Xxx 1994 08:49:37 GMT",
        "Sun, 06 Nov 199a 08:49:37 GMT",
        "Sun, 06 Nov 1994 24:49:37 GMT",
        "Sun, 06 Nov 1994 08:60:37 GMT",
        "Sun, 06 Nov 1994 08:49:61 GMT",
        "Sun, 06 Nov 1994 -8:49:37 GMT",
        "Sun, 06 Nov 1994 08:-9:37 GMT",
        "Sun, 06 Nov 1994 08:49:-7 GMT",
        "2015-08-30T12:36:00Z",
        "\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF",
    };
    char   long_one[300];
    size_t i;
    (void)state;
    for (i = 0; i < ROWS(row); i++)
        if (cuci_http_date(lent(cuc_s(row[i]))) != -1) fail_msg("%s", row[i]);
    for (i = 0; i < sizeof long_one; i++) long_one[i] = good_date[i % 29];
    assert_int_equal(cuci_http_date(lent(view(long_one, sizeof long_one))), -1);
    memset(long_one, 0xFF, sizeof long_one);
    assert_int_equal(cuci_http_date(lent(view(long_one, 29))), -1);
    assert_int_equal(cuci_http_date(lent(view(NULL, 0))), -1);
}

static void an_http_date_cut_at_any_byte_is_ignored(void **state)
{
    size_t n;
    (void)state;
    for (n = 0; n < 29; n++) {
        char *exact = block_of(good_date, n);
        assert_int_equal(cuci_http_date(lent(view(exact, n))), -1);
        free(exact);
    }
}

/* Any byte in any place: no digit of the date may be read as another number than it is. */
static void every_byte_of_an_http_date_that_matters_is_checked(void **state)
{
    static const char fixed[] = "xxxxx..x...x....x..x..x..____"; /* x: not looked at, .: counts */
    unsigned          at, c;
    (void)state;
    for (at = 0; at < 29; at++)
        for (c = 0; c < 256; c++) {
            char    text[29];
            int64_t ms;
            memcpy(text, good_date, 29);
            if (text[at] == (char)c) continue;
            text[at] = (char)c;
            ms       = cuci_http_date(lent(view(text, 29)));
            if (ms == 784111777000 && fixed[at] != 'x') fail_msg("byte %u as 0x%02x", at, c);
            if (ms != 784111777000 && ms != -1 && (c < '0' || c > '9') && fixed[at] != 'x' &&
                !(at >= 8 && at <= 10))
                fail_msg("byte %u as 0x%02x gives another date", at, c);
        }
}

int test_text(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_writer_copies_nothing_after_an_overflow),
        cmocka_unit_test(writing_to_null_measures),
        cmocka_unit_test(a_null_view_is_counted_and_not_written),
        cmocka_unit_test(a_total_that_would_wrap_saturates),
        cmocka_unit_test(put_part_writes_the_bytes_of_its_range),
        cmocka_unit_test(the_required_size_is_the_peak_length),
        cmocka_unit_test(written_returns_a_view_unless_only_counted),
        cmocka_unit_test(wipe_written_wipes_from_the_mark_on_only),
        cmocka_unit_test(the_word_scan_stops_where_a_byte_scan_stops),
        cmocka_unit_test(the_word_scan_agrees_on_random_strings),
        cmocka_unit_test(utf8_takes_every_character_and_refuses_surrogates),
        cmocka_unit_test(utf8_checks_every_pair_of_bytes),
        cmocka_unit_test(utf8_checks_every_tail_of_3_and_4_bytes),
        cmocka_unit_test(utf8_refuses_a_character_cut_at_the_end),
        cmocka_unit_test(lengths_count_characters_and_not_bytes),
        cmocka_unit_test(the_character_classes_match_their_definition),
        cmocka_unit_test(only_ascii_letters_are_folded),
        cmocka_unit_test(trimming_takes_blanks_and_controls_from_both_ends),
        cmocka_unit_test(parts_and_searches_stay_inside_the_string),
        cmocka_unit_test(prefixes_are_compared_with_or_without_case),
        cmocka_unit_test(words_of_a_list_match_only_whole),
        cmocka_unit_test(only_one_or_two_dots_are_dot_segments),
        cmocka_unit_test(cuc_s_views_a_string_and_null_is_unset),
        cmocka_unit_test(hex_digits_are_lower_case),
        cmocka_unit_test(numbers_are_written_as_printf_writes_them),
        cmocka_unit_test(numbers_are_read_from_one_to_nine_digits),
        cmocka_unit_test(all_but_unreserved_bytes_are_percent_encoded),
        cmocka_unit_test(percent_encoding_is_right_at_every_capacity),
        cmocka_unit_test(dates_match_the_table),
        cmocka_unit_test(times_before_1970_and_after_9999_are_refused),
        cmocka_unit_test(every_day_from_1970_to_9999_follows_the_day_before),
        cmocka_unit_test(every_second_of_a_day_is_written),
        cmocka_unit_test(http_dates_are_read_as_milliseconds),
        cmocka_unit_test(every_month_has_its_number),
        cmocka_unit_test(a_malformed_http_date_is_ignored),
        cmocka_unit_test(an_http_date_cut_at_any_byte_is_ignored),
        cmocka_unit_test(every_byte_of_an_http_date_that_matters_is_checked),
    };
    return GROUP(tests);
}
