#include "ledger/month_points.h"

size_t month_points_pack(const int32_t *points, size_t count, unsigned char *bytes)
{
    size_t used = 0;
    for (size_t i = 0; i < count; i++) {
        /* Zigzag: small numbers of either sign become small ones. */
        uint32_t left = ((uint32_t)points[i] << 1) ^ (points[i] < 0 ? UINT32_MAX : 0);
        while (left >= 0x80) {
            bytes[used++] = (unsigned char)(left | 0x80);
            left >>= 7;
        }
        bytes[used++] = (unsigned char)left;
    }
    return used;
}

bool month_points_unpack(const unsigned char *bytes, size_t size, int32_t *points, size_t count)
{
    size_t at = 0;
    for (size_t i = 0; i < count; i++) {
        uint64_t value = 0;
        unsigned shift = 0;
        do {
            if (at == size || shift > 28) {
                return false;
            }
            value |= (uint64_t)(bytes[at] & 0x7F) << shift;
            shift += 7;
        } while ((bytes[at++] & 0x80) != 0);
        if (value > UINT32_MAX) {
            return false;
        }
        uint32_t zigzag = (uint32_t)value;
        points[i] = (int32_t)((zigzag >> 1) ^ (0U - (zigzag & 1)));
    }
    return at == size;
}
