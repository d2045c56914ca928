#pragma once

/// Marks what the shared library gives its users; everything else stays inside it.
#define CEPHEID_API __attribute__((visibility("default")))
