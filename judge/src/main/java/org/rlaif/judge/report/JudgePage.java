package org.rlaif.judge.report;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.rlaif.kit.pages.Drawn;
import org.rlaif.kit.pages.Picture;
import org.rlaif.kit.pages.Template;
import org.rlaif.kit.pages.TextDrawing;

/**
 * A page of the judge's room: figures in large letters, pictures, tables and examples.
 *
 * @param lead what it is about, in a sentence or two
 * @param examplesNote what the examples are
 */
public record JudgePage(
    String title,
    String lead,
    List<Card> cards,
    List<Picture> pictures,
    List<Section> sections,
    String examplesNote,
    List<Example> examples) {
  /** Texts that are longer are folded. */
  private static final int LONG = 600;

  private static final int SEEN = 300;

  /** A figure in large letters. */
  public record Card(String value, String label, String remark) {}

  /**
   * A table.
   *
   * @param note how to read it
   * @param rows as long as the head
   */
  public record Section(String title, String note, List<String> head, List<List<String>> rows) {}

  /** A prompt with completions side by side. */
  public record Example(String id, Folded prompt, List<Completion> completions) {}

  /**
   * One of them.
   *
   * @param marked whether it is drawn as the better one
   */
  public record Completion(String by, String remark, boolean marked, Folded text) {}

  /**
   * A text, of which a long one shows its beginning only until somebody wants to see it.
   *
   * @param beginning empty if the text is not long
   */
  public record Folded(String beginning, String text) {
    /** Folds it if it is long. */
    public static Folded of(String text) {
      String stripped = text.strip();
      if (stripped.codePointCount(0, stripped.length()) <= LONG) {
        return new Folded("", stripped);
      }
      return new Folded(
          stripped.substring(0, stripped.offsetByCodePoints(0, SEEN)) + "…", stripped);
    }
  }

  /** The page as HTML, which is written at some date. */
  public String html(String date) {
    Map<String, Object> page = new HashMap<>();
    page.put("page", this);
    page.put("pictures", Drawn.ifAny(pictures));
    page.put("whyNoPictures", pictures.isEmpty() ? "" : TextDrawing.whyNone());
    page.put("date", date);
    return Template.filled(JudgePage.class, "judge.html", page);
  }
}
