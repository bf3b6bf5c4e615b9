# A program of libre as its users build it: re.mk chooses compiler, flags and libraries. RE: where
# its headers, re.mk and libre.a are; HEADERS: where ours is; OUT: the program.
PROJECT   := dropin
VERSION   := 0
LIBRE_MK  := $(RE)/share/re/re.mk
RELEASE   := 1
include $(LIBRE_MK)
CFLAGS += -Werror -I$(HEADERS) -I$(RE)/include -I$(RE)/include/re
$(OUT): tests/dropin/re.c
	$(CC) $(CFLAGS) $< -o $@ $(wildcard $(RE)/lib/*/libre.a) $(LFLAGS) $(LIBS) -lssl -lcrypto
