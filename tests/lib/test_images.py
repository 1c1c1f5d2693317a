"""Pictures are told by their bytes."""

import struct
import zlib

import pytest

from lib.images import ImageKind, NotAnImage, image_kind


def _chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def png(width: int = 1, height: int = 1) -> bytes:
    """A whole PNG, white."""
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    pixels = zlib.compress(b"".join(b"\0" + b"\xff" * width for _ in range(height))) if width * height < 10_000 else b""
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + _chunk(b"IDAT", pixels) + _chunk(b"IEND", b"")


JPEG = (
    b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00"
    b"\xff\xc0\x00\x0b\x08\x00\x02\x00\x03\x01\x01\x11\x00\xff\xda\x00\x08\x01\x01\x00\x00?\x00\x00\xff\xd9"
)
WEBP = (
    b"RIFF" + struct.pack("<I", 22) + b"WEBPVP8L" + struct.pack("<I", 10) + b"\x2f" + b"\x01\x40\x00\x00" + b"\x00" * 5
)


@pytest.mark.parametrize(("data", "kind"), [(png(), ImageKind.PNG), (JPEG, ImageKind.JPEG), (WEBP, ImageKind.WEBP)])
def test_the_three_kinds_are_known(data: bytes, kind: ImageKind) -> None:
    assert image_kind(data) == kind


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "not a PNG, JPEG or WebP"),
        (b"GIF89a\x01\x00\x01\x00\x00\x00\x00;", "not a PNG, JPEG or WebP"),
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "not a PNG, JPEG or WebP"),
        (b"<?xml version='1.0'?><svg/>", "not a PNG, JPEG or WebP"),
        (b"<script>alert(1)</script>", "not a PNG, JPEG or WebP"),
        (png()[:-6], "cut off"),
        (png() + b"<script>alert(1)</script>", "hangs behind"),
        (png().replace(b"IDAT", b"IDAX"), "damaged"),
        (png(5000, 1), "5000 × 1 pixels"),
        (png(0, 1), "0 × 1 pixels"),
        (JPEG[:20], "no end"),
        (JPEG + b"<?php", "no end, or something hangs behind"),
        (JPEG[:20] + b"\xff\xd9", "does not say its size"),
        (WEBP + b"PK\x03\x04", "hangs behind"),
        (WEBP[:25], "cut off"),
    ],
)
def test_anything_else_is_refused_in_words(data: bytes, words: str) -> None:
    with pytest.raises(NotAnImage, match=words):
        image_kind(data)


@pytest.mark.parametrize("data", [png(), JPEG, WEBP])
def test_no_cut_of_a_picture_is_taken_for_a_whole_one_or_crashes(data: bytes) -> None:
    for end in range(len(data)):
        with pytest.raises(NotAnImage):
            image_kind(data[:end])
