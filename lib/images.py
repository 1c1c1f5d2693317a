"""Telling by its bytes whether an upload is a picture that browsers and mail programs show, and nothing else.

Names and content types of uploads are claims. SVG is never taken: it is a program.
"""

import struct
import zlib
from enum import Enum


class ImageKind(Enum):
    """The kinds of picture that are taken: ending and content type."""

    PNG = ("png", "image/png")
    JPEG = ("jpg", "image/jpeg")
    WEBP = ("webp", "image/webp")

    @property
    def ending(self) -> str:
        return self.value[0]

    @property
    def content_type(self) -> str:
        return self.value[1]


class NotAnImage(ValueError):
    """The bytes are no whole PNG, JPEG or WebP; the message says what is wrong."""


# Larger pictures than this cost a reader's memory without looking better.
MOST_PIXELS_A_SIDE = 4096

_PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_JPEG_FRAMES = {0xC0, 0xC1, 0xC2, 0xC3, 0xC5, 0xC6, 0xC7, 0xC9, 0xCA, 0xCB, 0xCD, 0xCE, 0xCF}
_JPEG_WITHOUT_LENGTH = {0x01, *range(0xD0, 0xD8)}


def image_kind(data: bytes) -> ImageKind:
    """What kind of picture these bytes are, from the first to the last. Raises NotAnImage."""
    try:
        kind, width, height = _measure(data)
    except (struct.error, IndexError) as error:
        raise NotAnImage("The picture is cut off. Save it once more and try again.") from error
    if not (0 < width <= MOST_PIXELS_A_SIDE and 0 < height <= MOST_PIXELS_A_SIDE):
        raise NotAnImage(
            f"The picture is {width} × {height} pixels; at most {MOST_PIXELS_A_SIDE} × {MOST_PIXELS_A_SIDE} is taken."
        )
    return kind


def _measure(data: bytes) -> tuple[ImageKind, int, int]:
    if data.startswith(_PNG_SIGNATURE):
        return ImageKind.PNG, *_png_size(data)
    if data.startswith(b"\xff\xd8\xff"):
        return ImageKind.JPEG, *_jpeg_size(data)
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return ImageKind.WEBP, *_webp_size(data)
    raise NotAnImage("This is not a PNG, JPEG or WebP picture.")


def _png_size(data: bytes) -> tuple[int, int]:
    position, size = len(_PNG_SIGNATURE), (0, 0)
    while True:
        length, name = struct.unpack_from(">I4s", data, position)
        body = data[position + 8 : position + 8 + length]
        (checksum,) = struct.unpack_from(">I", data, position + 8 + length)
        if zlib.crc32(name + body) != checksum:
            raise NotAnImage("The PNG picture is damaged. Save it once more and try again.")
        if position == len(_PNG_SIGNATURE):
            if name != b"IHDR":
                raise NotAnImage("The PNG picture has no header.")
            size = struct.unpack_from(">II", body)
        position += 12 + length
        if name == b"IEND":
            break
    if position != len(data):
        raise NotAnImage("Something hangs behind the end of the PNG picture.")
    return size[0], size[1]


def _jpeg_size(data: bytes) -> tuple[int, int]:
    if not data.endswith(b"\xff\xd9"):
        raise NotAnImage("The JPEG picture has no end, or something hangs behind it.")
    position = 2
    while True:
        if data[position] != 0xFF:
            raise NotAnImage("The JPEG picture is damaged. Save it once more and try again.")
        marker = data[position + 1]
        if marker == 0xFF:
            position += 1
        elif marker in _JPEG_WITHOUT_LENGTH:
            position += 2
        elif marker in _JPEG_FRAMES:
            height, width = struct.unpack_from(">HH", data, position + 5)
            return width, height
        elif marker in {0xD9, 0xDA}:
            raise NotAnImage("The JPEG picture does not say its size.")
        else:
            (length,) = struct.unpack_from(">H", data, position + 2)
            position += 2 + length


def _webp_size(data: bytes) -> tuple[int, int]:
    (length,) = struct.unpack_from("<I", data, 4)
    if length + 8 != len(data):
        raise NotAnImage("The WebP picture is cut off, or something hangs behind it.")
    name = data[12:16]
    if name == b"VP8X":
        return 1 + int.from_bytes(data[24:27], "little"), 1 + int.from_bytes(data[27:30], "little")
    if name == b"VP8L":
        (bits,) = struct.unpack_from("<I", data, 21)
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    if name == b"VP8 ":
        width, height = struct.unpack_from("<HH", data, 26)
        return width & 0x3FFF, height & 0x3FFF
    raise NotAnImage("This WebP picture is of a kind that is not taken.")
