package org.rlaif.training.report;

import com.samskivert.mustache.Mustache;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import org.rlaif.kit.Resources;
import org.rlaif.training.report.Picture.Room;

/** Fills {@code report.html}, which needs no file beside itself and no script. */
public final class Page {
  private static final String TEMPLATE = "report.html";

  private Page() {}

  /**
   * A picture that is drawn: as PNG for a file, and in base64 for the page and for a phone's, in
   * both themes.
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
  }

  /**
   * What the page says of the run as a whole.
   *
   * @param folder as it is typed
   * @param command that was typed; empty if it is not known
   * @param settings as text
   * @param whyNoPictures what to say if none could be drawn; else empty
   * @param date of the page
   */
  public record Frame(
      String name,
      String folder,
      String command,
      String settings,
      String version,
      String whyNoPictures,
      String date) {}

  /**
   * The page.
   *
   * @param parts in the order of the stages; what is most worth seeing comes from the last ones
   */
  public static String html(Frame frame, List<ReportPart> parts, List<Drawn> pictures) {
    Map<String, Object> page = new LinkedHashMap<>();
    page.put("run", frame);
    page.put("story", sentence(all(parts, part -> part.story)));
    page.put("cards", all(backwards(parts), part -> part.cards));
    page.put("about", all(parts, part -> part.facts));
    page.put("judges", all(parts, part -> part.judges));
    page.put("pictures", pictures);
    page.put(
        "examples",
        parts.stream().map(part -> part.examples).filter(e -> !e.rows().isEmpty()).toList());
    return filled(TEMPLATE, page);
  }

  /** Only the values between {{ and }} change; they are escaped, but for our own style. */
  private static String filled(String template, Map<String, Object> page) {
    page.put("style", Resources.text(Page.class, "page.css"));
    return Mustache.compiler()
        .escapeHTML(true)
        .emptyStringIsFalse(true)
        .withLoader(part -> new StringReader(Resources.text(Page.class, part)))
        .compile(Resources.text(Page.class, template))
        .execute(page);
  }

  /**
   * A table with pictures.
   *
   * @param head of its columns
   * @param rows as long as the head
   * @param differing more rows, of settings, with a column for each of the first
   */
  public record Table(
      String title, List<String> head, List<List<String>> rows, List<List<String>> differing) {
    /** For the template, to which a list of lists is no question. */
    public boolean differs() {
      return !differing.isEmpty();
    }
  }

  /** The page of a table, which is written at some date. */
  public static String html(Table table, List<Drawn> pictures, String version, String date) {
    Map<String, Object> page = new LinkedHashMap<>();
    page.put("table", table);
    page.put("pictures", pictures);
    page.put("version", version);
    page.put("date", date);
    return filled("compare.html", page);
  }

  /** The last stage's first. */
  public static List<ReportPart> backwards(List<ReportPart> parts) {
    List<ReportPart> backwards = new ArrayList<>(parts);
    Collections.reverse(backwards);
    return backwards;
  }

  private static <T> List<T> all(List<ReportPart> parts, Function<ReportPart, List<T>> what) {
    return parts.stream().map(what).flatMap(List::stream).toList();
  }

  /** All pictures, in the order of the page. */
  public static List<Picture> pictures(List<ReportPart> parts) {
    return all(backwards(parts), part -> part.pictures);
  }

  /** Clauses in one sentence. */
  private static String sentence(List<String> clauses) {
    if (clauses.isEmpty()) {
      return "";
    }
    String last = clauses.get(clauses.size() - 1);
    String all =
        clauses.size() == 1
            ? last
            : String.join(", ", clauses.subList(0, clauses.size() - 1)) + " and " + last;
    return all.substring(0, 1).toUpperCase(Locale.ROOT) + all.substring(1) + ".";
  }

  private static String base64(byte[] bytes) {
    return Base64.getEncoder().encodeToString(bytes);
  }
}
