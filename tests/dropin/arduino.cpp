/* A sketch for an Arduino Mega: Arduino.h first, with its min, max, round, bit, word and its B0..A0;
 * compiled and linked for the chip by the flags of its platform.txt. It is not run.              */
#include <Arduino.h>
#include "sign.h"
#include "sha256.h"

#if !defined(min) || !defined(bit) || !defined(word)
#error "Arduino.h has no macros here, so this shows nothing"
#endif

void setup() { digitalWrite(LED_BUILTIN, dropin_sign(sha256, NULL) == 0 ? HIGH : LOW); }

void loop() {}
