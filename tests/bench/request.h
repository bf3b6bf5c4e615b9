/* The small request that `make size` and `make bench` are about: a body of 194 bytes. */
static const cuc_reference small_reference = {
    CUC_STR("call"), CUC_STR("URL"), CUC_STR("https://recordings.example.com/2026/11/25/1234.wav"),
    { NULL, 0 },
      { NULL, 0 },
      { NULL, 0 }
};

static cuc_request measured_request(void)
{
    cuc_request q     = CUC_ZERO;
    q.instance_id     = cuc_s("11111111-2222-3333-4444-555555555555");
    q.contact_id      = cuc_s("66666666-7777-8888-9999-000000000000");
    q.name            = cuc_s("Call back about order 1234");
    q.description     = cuc_s("The customer asks when order 1234 arrives.");
    q.references      = &small_reference;
    q.reference_count = 1;
    return q;
}

static cuc_client measured_client(cuc_sha256_fn *sha256, cuc_hmac_fn *hmac)
{
    cuc_client c  = CUC_ZERO;
    c.region      = cuc_s("us-west-2");
    c.access_key  = cuc_s("AKIDEXAMPLEEXAMPLE20");
    c.secret_key  = cuc_s("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY");
    c.sha256      = sha256;
    c.hmac_sha256 = hmac;
    return c;
}
