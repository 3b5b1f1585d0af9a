package org.rlaif.training.report;

import com.samskivert.mustache.Mustache;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.rlaif.judge.JudgeConfig;
import org.rlaif.judge.RubricJudge;
import org.rlaif.kit.Statistics;
import org.rlaif.training.config.RunConfig;
import org.rlaif.training.report.Picture.Room;
import org.rlaif.training.run.Figures;
import org.rlaif.training.run.Version;

/** Fills {@code report.html}, which needs no file beside itself and no script. */
final class Page {
  private static final String TEMPLATE = "report.html";

  private final RunFiles run;
  private final Map<String, Object> page = new LinkedHashMap<>();

  private Page(RunFiles run) {
    this.run = run;
  }

  /** A picture that is drawn, for the page and for a phone's. */
  record Drawn(Picture picture, Themed page, Themed phone) {
    static Drawn of(Picture picture) {
      return new Drawn(picture, Themed.of(picture, Room.PAGE), Themed.of(picture, Room.PHONE));
    }
  }

  /** In both themes. */
  @SuppressWarnings("ArrayRecordComponent") // plain numbers, never compared as records
  record Themed(byte[] light, byte[] dark) {
    static Themed of(Picture picture, Room room) {
      return new Themed(picture.png(Theme.LIGHT, room), picture.png(Theme.DARK, room));
    }
  }

  /**
   * The page.
   *
   * @param whyNoPictures what to say if there are none because none could be drawn; else empty
   * @param now for the page's date
   */
  static String html(RunFiles run, List<Drawn> pictures, String whyNoPictures, ZonedDateTime now) {
    Page page = new Page(run);
    page.head(now);
    page.cards();
    page.pictures(pictures, whyNoPictures);
    page.labels();
    page.page.put("examples", Examples.rows(run));
    page.page.put("gold", !run.facts().isEmpty());
    // Only the values between {{ and }} change; they are escaped.
    return Mustache.compiler()
        .escapeHTML(true)
        .emptyStringIsFalse(true)
        .compile(template())
        .execute(page.page);
  }

  private void head(ZonedDateTime now) {
    RunConfig config = run.config();
    page.put("name", config.name());
    page.put(
        "data",
        config.data().source().equals("tldr")
            ? "generated forum posts with TL;DRs"
            : String.join(", ", config.data().files()));
    page.put("people", "people".equals(run.figures("label").get("judge")));
    page.put("version", Version.number());
    List<Map<String, Object>> about = new ArrayList<>();
    fact(about, "Training examples", count("sft", "examples"));
    fact(about, "Test prompts", count("evaluate", "prompts"));
    fact(about, "Policy", count("sft", "parameters") + " parameters");
    fact(
        about,
        "Shape",
        config.model().folder().isEmpty()
            ? "GPT-2, %d layers, %d wide, context %d"
                .formatted(
                    config.model().layers(), config.model().width(), config.model().contextLength())
            : "as in " + config.model().folder());
    fact(about, "Vocabulary", count("tokenizer", "vocabularySize") + " tokens");
    fact(about, "SFT steps", count("sft", "steps"));
    fact(about, "PPO updates", count("ppo", "updates"));
    fact(about, "Seed", String.valueOf(config.seed()));
    fact(about, "Time", duration());
    page.put("about", about);
    page.put("command", run.folder().command().orElse(""));
    page.put(
        "date",
        DateTimeFormatter.ofPattern("d MMMM uuuu, HH:mm 'UTC'", Locale.ENGLISH).format(now));
    page.put("settings", run.folder().configText());
    page.put("config", run.folder().typed() + "/config.yaml");
    page.put("run", run.folder().typed());
  }

  private static void fact(List<Map<String, Object>> about, String name, String value) {
    if (!value.startsWith("–")) {
      about.add(Map.of("key", name, "value", value));
    }
  }

  private void cards() {
    List<Map<String, Object>> cards = new ArrayList<>();
    winRate(cards, "winRate.policyVsSft", "wins against SFT");
    winRate(cards, "winRate.policyVsReference", "wins against the references");
    double accuracy = run.number("reward", "accuracy");
    double decided = run.number("reward", "decided");
    if (decided > 0) {
      double[] interval = Statistics.wilson(accuracy, decided);
      card(
          cards,
          percent(accuracy),
          "reward model accuracy",
          "95 %%: %s to %s, on %s held-out labels"
              .formatted(percent(interval[0]), percent(interval[1]), count("reward", "decided")));
    }
    double kl = run.number("evaluate", "kl");
    if (!Double.isNaN(kl)) {
      card(
          cards,
          String.format(Locale.ROOT, "%.2f", kl),
          "KL to the SFT policy",
          "nats per completion");
    }
    double parity = run.number("ppo", "parity.maxAbsLogprobDifference");
    if (!Double.isNaN(parity)) {
      card(
          cards,
          String.format(Locale.ROOT, "%.1e", parity),
          "largest log-probability difference",
          "LibTorch against ONNX Runtime");
    }
    page.put("cards", cards);
  }

  private void winRate(List<Map<String, Object>> cards, String key, String label) {
    double value = run.number("evaluate", key + ".value");
    if (!Double.isNaN(value)) {
      card(
          cards,
          percent(value),
          label,
          "95 %%: %s to %s, n = %s"
              .formatted(
                  percent(run.number("evaluate", key + ".low")),
                  percent(run.number("evaluate", key + ".high")),
                  count("evaluate", key + ".n")));
    }
  }

  private static void card(
      List<Map<String, Object>> cards, String value, String label, String remark) {
    cards.add(Map.of("value", value, "label", label, "remark", remark));
  }

  private void pictures(List<Drawn> drawn, String whyNone) {
    page.put(
        "pictures",
        drawn.stream()
            .map(
                each ->
                    Map.<String, Object>of(
                        "title", each.picture().title(),
                        "caption", each.picture().caption(),
                        "light", base64(each.page().light()),
                        "dark", base64(each.page().dark()),
                        "phoneLight", base64(each.phone().light()),
                        "phoneDark", base64(each.phone().dark())))
            .toList());
    page.put("whyNoPictures", whyNone);
  }

  private static String base64(byte[] bytes) {
    return Base64.getEncoder().encodeToString(bytes);
  }

  /** How the preferences came about, in words. */
  private void labels() {
    Map<String, Object> label = run.figures("label");
    if (label.isEmpty()) {
      page.put("labels", List.of());
      return;
    }
    String judge = String.valueOf(label.get("judge"));
    List<String> sentences = new ArrayList<>();
    if (judge.equals("people")) {
      sentences.add(
          "The preferences come from people, in the data; no judge was asked for labels.");
    } else {
      sentences.add(
          judge.startsWith("rubric:")
              ? "The labels come from the rubric judge ("
                  + judge
                  + "): a fixed rubric computed from the text"
                  + faults(run.config().judge())
                  + ". No language model was asked."
              : "The labels come from the judge " + judge + ".");
      sentences.add(
          "%s pairs were shown in both orders; %s were answered, %s were not and have no label."
              .formatted(
                  count("label", "pairs"),
                  count("label", "answered"),
                  count("label", "unanswered")));
      double agree = run.number("label", "bothOrdersAgree");
      if (!Double.isNaN(agree)) { // absent if every pair was the same text twice
        sentences.add(
            "Both orders favoured the same completion in %s of the pairs (95 %%: %s to %s)."
                .formatted(
                    percent(agree),
                    percent(run.number("label", "bothOrdersAgreeInterval.low")),
                    percent(run.number("label", "bothOrdersAgreeInterval.high"))));
      }
      double hard = run.number("label", "hard");
      if (hard > 0) {
        sentences.add(
            "%s of the labels are hard (1, 0.5 or 0): no log-probabilities came with the answers."
                .formatted(count("label", "hard")));
      }
      if (label.get("remarks") instanceof List<?> remarks) {
        remarks.forEach(each -> sentences.add("Of the judge: " + each + "."));
      }
    }
    sentences.add(
        "%s preferences trained the reward model, %s were held out to measure it."
            .formatted(count("label", "train"), count("label", "heldOut")));
    Object evaluator = run.figures("evaluate").get("judge");
    if (evaluator != null) {
      sentences.add(
          evaluator.equals("gold")
              ? "The evaluation uses the gold score, which knows what the generator put into each"
                  + " post and has weights of its own; no labeller and no training sees it."
              : "The evaluation uses the judge " + evaluator + ".");
    }
    page.put("labels", sentences);
  }

  private static String faults(JudgeConfig judge) {
    boolean noise = judge.chosen() instanceof RubricJudge.Config of && of.noise() != 0;
    boolean bias = judge.chosen() instanceof RubricJudge.Config of && of.positionBias() != 0;
    return !noise && !bias
        ? ""
        : ", with "
            + (noise && bias ? "noise and position bias" : noise ? "noise" : "position bias")
            + " added on purpose";
  }

  private String count(String stage, String name) {
    Object value = Figures.get(run.figures(stage), name);
    return value instanceof Number number
        ? String.format(Locale.ROOT, "%,d", number.longValue())
        : "–";
  }

  private String duration() {
    double seconds = run.stages().values().stream().mapToDouble(done -> done.seconds()).sum();
    return seconds < 90
        ? String.format(Locale.ROOT, "%.0f s", seconds)
        : String.format(Locale.ROOT, "%.1f min", seconds / 60);
  }

  private static String percent(double share) {
    return String.format(Locale.ROOT, "%.1f\u00a0%%", 100 * share);
  }

  private static String template() {
    try (InputStream in = Page.class.getResourceAsStream(TEMPLATE)) {
      if (in == null) {
        throw new IllegalStateException(TEMPLATE + " is missing beside Page");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
