/* p256-m draws from here when it signs or makes keys. We do neither: there is nothing to draw. */
#pragma once

static inline int psa_generate_random(uint8_t*, size_t) {
    return -1;
}
