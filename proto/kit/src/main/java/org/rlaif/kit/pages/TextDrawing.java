package org.rlaif.kit.pages;

import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.font.TextLayout;
import java.awt.image.BufferedImage;

/**
 * Whether this Java can draw text: without fonts Java2D fails in many ways, at the first letter.
 */
public final class TextDrawing {
  private TextDrawing() {}

  /** Why this machine cannot draw text, and what to do; or nothing. */
  public static String whyNone() {
    try {
      BufferedImage image = new BufferedImage(20, 20, BufferedImage.TYPE_INT_RGB);
      Graphics2D graphics = image.createGraphics();
      Font font = new Font(Font.SANS_SERIF, Font.PLAIN, 12);
      new TextLayout("a", font, graphics.getFontRenderContext()).draw(graphics, 2, 15);
      graphics.dispose();
      return "";
    } catch (LinkageError | InternalError | RuntimeException e) {
      return "This Java cannot draw text ("
          + reason(e)
          + "); with fontconfig and a font installed, rlaif report draws the pictures.";
    }
  }

  /** The first line of the cause; Java2D wraps it several times. */
  private static String reason(Throwable e) {
    Throwable cause = e;
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    String message = cause.getMessage();
    return cause.getClass().getSimpleName()
        + (message == null ? "" : ": " + message.lines().findFirst().orElse(""));
  }
}
