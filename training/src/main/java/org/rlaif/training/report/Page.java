package org.rlaif.training.report;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import org.rlaif.kit.pages.Drawn;
import org.rlaif.kit.pages.Picture;
import org.rlaif.kit.pages.Template;

/** Fills {@code report.html}, which needs no file beside itself and no script. */
public final class Page {
  private static final String TEMPLATE = "report.html";

  private Page() {}

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
    return Template.filled(Page.class, TEMPLATE, page);
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
}
