package org.rlaif.kit.pages;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.rlaif.kit.pages.Charts.Amount;
import org.rlaif.kit.pages.Charts.Axis;
import org.rlaif.kit.pages.Charts.Line;
import org.rlaif.kit.pages.Charts.Look;
import org.rlaif.kit.pages.Charts.Panel;
import org.rlaif.kit.pages.Picture.Room;

class PictureTest {
  @Test
  void panelsStandSideBySideAtTwiceTheSize() throws IOException {
    for (Theme theme : List.of(Theme.LIGHT, Theme.DARK)) {
      BufferedImage image = image(picture(), theme, Room.PAGE);
      assertEquals(2 * (500 + 360), image.getWidth());
      assertEquals(2 * 180, image.getHeight());
      assertEquals(theme.background().getRGB(), image.getRGB(2, 2));
      Set<Integer> left = colors(image, 0, 1000);
      Set<Integer> right = colors(image, 1000, 1720);
      assertTrue(left.contains(theme.policy().getRGB()), "the curve is drawn");
      assertTrue(right.contains(theme.gold().getRGB()), "the bar is drawn");
    }
  }

  @Test
  void onAPhoneTheyStandOneBelowTheOther() throws IOException {
    BufferedImage image = image(picture(), Theme.LIGHT, Room.PHONE);
    assertEquals(2 * 330, image.getWidth());
    assertEquals(2 * 2 * 180, image.getHeight());
    BufferedImage lower = image.getSubimage(0, 360, 660, 360);
    assertTrue(colors(lower, 0, 660).contains(Theme.LIGHT.gold().getRGB()), "the bar is drawn");
  }

  /** Of the report's widest legend; the last points of a width are the padding of every chart. */
  @Test
  void nothingIsCutOnAPhone() throws IOException {
    double[] steps = {50, 450, 500};
    Picture losses =
        new Picture(
            "losses",
            "title",
            "caption",
            (theme, room) ->
                List.of(
                    Charts.curves(
                        theme,
                        room.share(2),
                        240,
                        new Panel(
                            "SFT",
                            "step",
                            "loss",
                            Stream.of("batches", "running mean", "validation")
                                .map(n -> new Line(n, steps, steps, Look.LINE, Theme::before))
                                .toList()))));
    BufferedImage image = image(losses, Theme.LIGHT, Room.PHONE);
    assertEquals(Set.of(Theme.LIGHT.background().getRGB()), colors(image, 652, 660));
  }

  @Test
  void theSameFiguresGiveTheSamePicture() {
    assertEquals(
        java.util.Arrays.hashCode(picture().png(Theme.LIGHT, Room.PAGE)),
        java.util.Arrays.hashCode(picture().png(Theme.LIGHT, Room.PAGE)));
  }

  @Test
  void thisMachineDrawsText() {
    assertEquals("", TextDrawing.whyNone());
  }

  private static Picture picture() {
    return new Picture(
        "name",
        "title",
        "caption",
        (theme, room) ->
            List.of(
                Charts.curves(
                    theme,
                    room == Room.PAGE ? 500 : room.share(2),
                    180,
                    Panel.of(
                        "Left",
                        "step",
                        "loss",
                        new double[][] {{1, 2, 3}, {3, 1, 2}},
                        Look.LINE,
                        Theme::policy)),
                Charts.rows(
                    theme,
                    room == Room.PAGE ? 360 : room.share(2),
                    180,
                    new Axis("seconds", 0, 4, 2),
                    List.of(
                        Amount.bar("one", 3, Theme::gold), Amount.bar("two", 1, Theme::gold)))));
  }

  private static BufferedImage image(Picture picture, Theme theme, Room room) throws IOException {
    return ImageIO.read(new ByteArrayInputStream(picture.png(theme, room)));
  }

  private static Set<Integer> colors(BufferedImage image, int from, int to) {
    Set<Integer> colors = new HashSet<>();
    for (int x = from; x < to; x++) {
      for (int y = 0; y < image.getHeight(); y++) {
        colors.add(image.getRGB(x, y));
      }
    }
    return colors;
  }
}
