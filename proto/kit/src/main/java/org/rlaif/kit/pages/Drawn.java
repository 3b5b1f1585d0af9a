package org.rlaif.kit.pages;

import java.util.Base64;
import java.util.List;
import org.rlaif.kit.pages.Picture.Room;

/**
 * A picture that is drawn: as PNG for a file, and in base64 for the page and for a phone's, in both
 * themes.
 */
@SuppressWarnings("ArrayRecordComponent") // plain numbers, never compared as records
public record Drawn(
    Picture picture, byte[] png, String light, String dark, String phoneLight, String phoneDark) {
  /** Draws it. */
  public static Drawn of(Picture picture) {
    byte[] png = picture.png(Theme.LIGHT, Room.PAGE);
    return new Drawn(
        picture,
        png,
        base64(png),
        base64(picture.png(Theme.DARK, Room.PAGE)),
        base64(picture.png(Theme.LIGHT, Room.PHONE)),
        base64(picture.png(Theme.DARK, Room.PHONE)));
  }

  /** Draws all, if {@linkplain TextDrawing#whyNone any can be}. */
  public static List<Drawn> ifAny(List<Picture> pictures) {
    return TextDrawing.whyNone().isEmpty() ? pictures.stream().map(Drawn::of).toList() : List.of();
  }

  private static String base64(byte[] bytes) {
    return Base64.getEncoder().encodeToString(bytes);
  }
}
