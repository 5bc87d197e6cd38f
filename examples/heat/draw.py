"""Stage postprocess: the last temperatures as a picture.

The pixels are stored without compression: what a zlib makes of them differs from
version to version, and the picture is compared byte by byte.
"""
import struct
import zlib

PIXELS_PER_CELL = 6
LONGEST_BLOCK = 65535


def colour(level):
    """From blue over white to red, for levels 0 to 255."""
    if level < 128:
        return bytes([2 * level, 2 * level, 255])
    return bytes([255, 2 * (255 - level), 2 * (255 - level)])


def chunk(kind, body):
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def stored(body):
    """A zlib stream (RFC 1950) of stored blocks (RFC 1951, 3.2.4)."""
    stream = b"\x78\x01"
    for start in range(0, len(body), LONGEST_BLOCK):
        block = body[start:start + LONGEST_BLOCK]
        is_last = start + LONGEST_BLOCK >= len(body)
        stream += struct.pack("<BHH", is_last, len(block), len(block) ^ 0xFFFF) + block
    return stream + struct.pack(">I", zlib.adler32(body))


def png(levels):
    """An indexed picture; each level is a square of pixels."""
    lines = b""
    for row in levels:
        line = b"".join(bytes([level]) * PIXELS_PER_CELL for level in row)
        lines += (b"\x00" + line) * PIXELS_PER_CELL
    side = len(levels) * PIXELS_PER_CELL
    palette = b"".join(colour(level) for level in range(256))
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, 8, 3, 0, 0, 0))
        + chunk(b"PLTE", palette)
        + chunk(b"IDAT", stored(lines))
        + chunk(b"IEND", b"")
    )


def main():
    with open("results/temperature.csv") as table:
        next(table)
        field = [[float(cell) for cell in line.split(",")] for line in table]
    low = min(min(row) for row in field)
    high = max(max(row) for row in field)
    levels = [[int(255 * (value - low) / (high - low) + 0.5) for value in row] for row in field]
    with open("results/temperature.png", "wb") as picture:
        picture.write(png(levels))
    print("drew %d x %d cells, from %.3f to %.3f" % (len(levels), len(levels), low, high))


main()
