package org.rlaif.training.report;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.rlaif.kit.Json;
import org.rlaif.kit.pages.Picture;

/**
 * What one stage has to say in a run's report: on the page, in {@code report.json} and, in the end,
 * on the screen.
 */
public final class ReportPart {
  /** A figure in large letters. */
  record Card(String value, String label, String remark) {}

  /** A line of the table about the run. */
  record Fact(String key, String value) {}

  private final ObjectNode section;
  private final Map<String, JsonNode> figures = new LinkedHashMap<>();
  final List<String> story = new ArrayList<>();
  final List<Card> cards = new ArrayList<>();
  final List<Fact> facts = new ArrayList<>();
  final List<String> judges = new ArrayList<>();
  final List<Picture> pictures = new ArrayList<>();
  final List<String> closing = new ArrayList<>();
  Examples examples = Examples.NONE;

  /**
   * @param section the stage's own in {@code report.json}: its figures but those of the clock
   */
  public ReportPart(ObjectNode section) {
    this.section = section;
  }

  /** What the stage has done, as a clause of the first sentence. */
  public void story(String clause) {
    story.add(clause);
  }

  /** A figure in large letters. */
  public void card(String value, String label, String remark) {
    cards.add(new Card(value, label, remark));
  }

  /** A line of the table about the run. */
  public void fact(String key, String value) {
    facts.add(new Fact(key, value));
  }

  /** A sentence about who judged. */
  public void judge(String sentence) {
    judges.add(sentence);
  }

  public void picture(Picture picture) {
    pictures.add(picture);
  }

  /** Completions side by side. */
  public void examples(Examples some) {
    examples = some;
  }

  /** A sentence for whoever has started the run and looks at the screen. */
  public void closing(String sentence) {
    closing.add(sentence);
  }

  /** The last sentences for the screen. */
  public List<String> closing() {
    return List.copyOf(closing);
  }

  /** Takes figures out of the stage's section of {@code report.json}, to stand by themselves. */
  public void figuresOfTheRun(String... names) {
    for (String name : names) {
      JsonNode value = section.remove(name);
      if (value != null) {
        figures.put(name, value);
      }
    }
  }

  /** A figure that stands by itself in {@code report.json}. */
  public void figureOfTheRun(String name, Object value) {
    figures.put(name, Json.MAPPER.valueToTree(value));
  }

  /** All that stands by itself. */
  public Map<String, JsonNode> figuresOfTheRun() {
    return figures;
  }

  /** A share of 1. */
  public static String percent(double share) {
    return String.format(Locale.ROOT, "%.1f\u00a0%%", 100 * share);
  }

  /** A share of 1 lies between these. */
  public static String range(double low, double high) {
    return percent(low) + " to " + percent(high);
  }

  /** A whole number. */
  public static String count(long number) {
    return String.format(Locale.ROOT, "%,d", number);
  }
}
