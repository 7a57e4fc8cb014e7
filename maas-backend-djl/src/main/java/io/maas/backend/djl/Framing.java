package io.maas.backend.djl;

/** Brings an image to the size that a model takes. */
final class Framing {
    private Framing() {}

    static Pixels frame(Pixels image, ImageSettings settings) throws ImageFile.Refused {
        return switch (settings.resize()) {
            case EXACT -> Resampling.resize(image, settings.width(), settings.height(), settings.filter());
            case CROP -> crop(image, settings);
            case LETTERBOX -> letterbox(image, settings);
        };
    }

    /** Scaled before it is cut, as torchvision's Resize and CenterCrop do, with their rounding. */
    private static Pixels crop(Pixels image, ImageSettings settings) throws ImageFile.Refused {
        int width = image.width();
        int height = image.height();
        long scaledWidth;
        long scaledHeight;
        if (settings.shortest().isPresent()) {
            int shortest = settings.shortest().getAsInt();
            scaledWidth = width <= height ? shortest : (long) shortest * width / height;
            scaledHeight = width <= height ? (long) shortest * height / width : shortest;
        } else {
            double scale = Math.max((double) settings.width() / width, (double) settings.height() / height);
            scaledWidth = Math.max(settings.width(), Math.round(width * scale));
            scaledHeight = Math.max(settings.height(), Math.round(height * scale));
        }
        if (scaledWidth * scaledHeight > settings.maxPixels()) {
            throw new ImageFile.Refused("it is " + width + " x " + height + " pixels, which would be scaled to "
                    + scaledWidth + " x " + scaledHeight + ", and at most " + settings.maxPixels() + " are allowed");
        }
        Pixels scaled = Resampling.resize(image, (int) scaledWidth, (int) scaledHeight, settings.filter());
        int left = (int) Math.rint((scaledWidth - settings.width()) / 2.0);
        int top = (int) Math.rint((scaledHeight - settings.height()) / 2.0);
        return scaled.crop(left, top, settings.width(), settings.height());
    }

    private static Pixels letterbox(Pixels image, ImageSettings settings) {
        double scale = Math.min((double) settings.width() / image.width(), (double) settings.height() / image.height());
        int width = Math.max(1, Math.min(settings.width(), (int) Math.round(image.width() * scale)));
        int height = Math.max(1, Math.min(settings.height(), (int) Math.round(image.height() * scale)));
        Pixels result = Pixels.blank(settings.width(), settings.height(), settings.fill());
        Pixels scaled = Resampling.resize(image, width, height, settings.filter());
        result.paste(scaled, (settings.width() - width) / 2, (settings.height() - height) / 2);
        return result;
    }
}
