"""Writes the images of ImageTest, and what Pillow makes of them.

Run with Python 3.11 or later and Pillow 13.0.0 (pip install pillow==13.0.0) in this folder. Each line of expected.txt is
the name of a case and the bytes of its RGB pixels, or grey ones, row by row, in hexadecimal.
"""

import math

from PIL import Image, ImageOps

WIDTH, HEIGHT = 37, 23


def pixel(x, y):
    return (
        int(127.5 + 127.5 * math.sin(x * 0.9 + y * 0.2)),
        (x * 7 + y * 11) % 256,
        255 if (x // 3 + y // 2) % 2 else 10,
    )


picture = Image.new("RGB", (WIDTH, HEIGHT))
picture.putdata([pixel(x, y) for y in range(HEIGHT) for x in range(WIDTH)])
picture.save("picture.png")
picture.save("picture.bmp")
picture.quantize(64).save("picture.gif")
picture.convert("L").save("grey.png")
picture.convert("RGBA").save("alpha.png")
# several blocks without chroma subsampling, so that decoders may differ in rounding only
picture.save("picture.jpg", quality=95, subsampling=0)
picture.convert("CMYK").save("cmyk.jpg")

lines = []


def case(name, image):
    lines.append(f"{name} {image.tobytes().hex()}")


BILINEAR, BICUBIC = Image.Resampling.BILINEAR, Image.Resampling.BICUBIC
for name, size in {"down": (8, 5), "up": (60, 40), "mixed": (20, 40), "same": (WIDTH, HEIGHT)}.items():
    case(f"bilinear-{name}", picture.resize(size, BILINEAR))
    case(f"bicubic-{name}", picture.resize(size, BICUBIC))
case("grey", picture.convert("L"))
case("grey-file", Image.open("grey.png").convert("RGB"))
case("gif", Image.open("picture.gif").convert("RGB"))
case("jpeg", Image.open("picture.jpg").convert("RGB"))
for orientation in range(1, 9):
    exif = Image.Exif()
    exif[0x0112] = orientation
    name = f"turned{orientation}"
    picture.crop((0, 0, 9, 5)).save(f"{name}.jpg", quality=95, subsampling=0, exif=exif)
    case(name, ImageOps.exif_transpose(Image.open(f"{name}.jpg")))

# torchvision: Resize(16), CenterCrop(12)
shortest = 16
scaled = picture.resize((int(shortest * WIDTH / HEIGHT), shortest), BILINEAR)
left, top = int(round((scaled.width - 12) / 2.0)), int(round((scaled.height - 12) / 2.0))
case("shortest", scaled.crop((left, top, left + 12, top + 12)))

# a letterbox of 20 x 20
scaled = picture.resize((20, round(HEIGHT * 20 / WIDTH)), BILINEAR)
box = Image.new("RGB", (20, 20), (114, 114, 114))
box.paste(scaled, ((20 - scaled.width) // 2, (20 - scaled.height) // 2))
case("letterbox", box)

with open("expected.txt", "w", encoding="ascii") as out:
    out.write("\n".join(lines) + "\n")
