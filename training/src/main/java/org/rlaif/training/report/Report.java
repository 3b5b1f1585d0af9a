package org.rlaif.training.report;

import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.font.TextLayout;
import java.awt.image.BufferedImage;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.rlaif.kit.AtomicFiles;
import org.rlaif.kit.Json;
import org.rlaif.training.run.RunContext;
import org.rlaif.training.run.RunFolder;

/** Writes {@code report.html}, {@code report.json} and {@code pictures/} into a run's folder. */
public final class Report {
  /** Names of what is written. */
  public static final String PAGE = "report.html";

  public static final String FIGURES = "report.json";

  /** Whose results it shows. */
  public static final List<String> STAGES =
      List.of("data", "tokenizer", "sft", "candidates", "label", "reward", "ppo", "evaluate");

  private static final String PICTURES = "pictures";

  private Report() {}

  /**
   * The stage {@code report}: its results stand in the run's folder itself, where people look.
   *
   * @param command what was typed to run it
   */
  public static Map<String, Object> stage(RunContext context, String command) {
    context.folder().noteCommand(command);
    return write(context.folder());
  }

  /** Draws the report of whatever has finished. */
  public static Map<String, Object> write(RunFolder folder) {
    RunFiles run = new RunFiles(folder);
    List<Page.Drawn> drawn = new ArrayList<>();
    String whyNoPictures = whyNoText();
    if (whyNoPictures.isEmpty()) {
      for (Picture picture : Pictures.of(run)) {
        drawn.add(Page.Drawn.of(picture));
      }
    } else {
      System.err.println("rlaif: the report has no pictures. " + whyNoPictures);
    }
    AtomicFiles.folder(
        folder.path().resolve(PICTURES),
        inside -> {
          for (Page.Drawn each : drawn) {
            Files.write(inside.resolve(each.picture().name() + ".png"), each.page().light());
          }
        });
    Json.write(folder.path().resolve(FIGURES), ReportFigures.of(run));
    String html = Page.html(run, drawn, whyNoPictures, ZonedDateTime.now(ZoneOffset.UTC));
    AtomicFiles.write(
        folder.path().resolve(PAGE), file -> file.write(html.getBytes(StandardCharsets.UTF_8)));
    Map<String, Object> figures = new LinkedHashMap<>();
    figures.put("pictures", drawn.size());
    return figures;
  }

  /**
   * Why this machine cannot draw text, or nothing. Without fonts Java2D fails in many ways, at the
   * first letter: then the report has no pictures, and says why.
   */
  static String whyNoText() {
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
