package org.rlaif.training.stages;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.rlaif.kit.AtomicFiles;
import org.rlaif.kit.Json;
import org.rlaif.kit.pages.Charts.Amount;
import org.rlaif.kit.pages.Charts.Axis;
import org.rlaif.kit.pages.Drawn;
import org.rlaif.kit.pages.Picture;
import org.rlaif.kit.pages.Pictures;
import org.rlaif.kit.pages.TextDrawing;
import org.rlaif.kit.pages.Theme;
import org.rlaif.training.config.ModelConfig;
import org.rlaif.training.config.RunConfig;
import org.rlaif.training.report.Computer;
import org.rlaif.training.report.Page;
import org.rlaif.training.report.ReportPart;
import org.rlaif.training.run.Run;
import org.rlaif.training.run.RunContext;
import org.rlaif.training.run.Stage;
import org.rlaif.training.run.StageRecord;
import org.rlaif.training.run.Version;

/**
 * Writes {@code report.html}, {@code report.json} and {@code pictures/} into a run's folder itself,
 * where people look.
 *
 * @param others whose figures it draws
 */
public record ReportStage(List<Stage<?>> others) implements Stage<ReportStage.Figures> {
  /** Names of what is written. */
  public static final String PAGE = "report.html";

  public static final String FIGURES = "report.json";
  private static final String PICTURES = "pictures";
  private static final String SECONDS = "seconds";
  private static final DateTimeFormatter DATE =
      DateTimeFormatter.ofPattern("d MMMM uuuu, HH:mm 'UTC'", Locale.ENGLISH);

  /** How much was drawn. */
  public record Figures(int pictures) {}

  @Override
  public About<ReportStage.Figures> about() {
    return new About<>(
        "report", "Draws the figures of all others.", Figures.class, null, List.of("pictures"));
  }

  @Override
  public Object settings() {
    return List.of();
  }

  @Override
  public boolean isRedrawn() {
    return true;
  }

  @Override
  public Figures work(RunContext context, Path out) {
    return write(context.run(), others);
  }

  /** What has finished, by its name, and its part of the report. */
  private record Finished(StageRecord record, ObjectNode section, ReportPart part) {}

  /** Draws the report of whatever has finished. */
  public static Figures write(Run run, List<Stage<?>> stages) {
    Map<Stage<?>, Finished> finished = finished(run, stages);
    List<ReportPart> parts = new ArrayList<>();
    parts.add(about(run, finished));
    finished.values().forEach(each -> parts.add(each.part()));

    String whyNoPictures = TextDrawing.whyNone();
    List<Drawn> drawn = new ArrayList<>();
    if (whyNoPictures.isEmpty()) {
      Page.pictures(parts).forEach(picture -> drawn.add(Drawn.of(picture)));
    } else {
      System.err.println("rlaif: the report has no pictures. " + whyNoPictures);
    }
    Path folder = run.folder().path();
    AtomicFiles.folder(
        folder.resolve(PICTURES),
        inside -> {
          for (Drawn each : drawn) {
            Files.write(inside.resolve(each.picture().name() + ".png"), each.png());
          }
        });
    Json.write(folder.resolve(FIGURES), figures(run, finished));
    String html =
        Page.html(
            new Page.Frame(
                run.config().name(),
                run.folder().typed(),
                run.folder().command().orElse(""),
                run.folder().configText(),
                Version.number(),
                whyNoPictures,
                now()),
            parts,
            drawn);
    AtomicFiles.write(
        folder.resolve(PAGE), file -> file.write(html.getBytes(StandardCharsets.UTF_8)));
    return new Figures(drawn.size());
  }

  /** The date that stands on a page. */
  public static String now() {
    return ZonedDateTime.now(ZoneOffset.UTC).format(DATE);
  }

  /** What to say to the person who has started the run: the last stages first. */
  public static List<String> closing(Run run, List<Stage<?>> stages) {
    List<ReportPart> parts = finished(run, stages).values().stream().map(Finished::part).toList();
    return Page.backwards(parts).stream().map(ReportPart::closing).flatMap(List::stream).toList();
  }

  private static Map<Stage<?>, Finished> finished(Run run, List<Stage<?>> stages) {
    Map<Stage<?>, Finished> finished = new LinkedHashMap<>();
    for (Stage<?> stage : stages) {
      if (!stage.isRedrawn()) {
        run.folder()
            .finished(stage.name())
            .ifPresent(record -> finished.put(stage, finished(stage, record, run)));
      }
    }
    return finished;
  }

  private static <F> Finished finished(Stage<F> stage, StageRecord record, Run run) {
    ObjectNode section = timeless(record.figures());
    var part = new ReportPart(section);
    stage.report(record.figures(stage.about().figures()), run, part);
    return new Finished(record, section, part);
  }

  /** A copy without whatever the clock has a part in. */
  private static ObjectNode timeless(ObjectNode figures) {
    ObjectNode copy = figures.deepCopy();
    copy.properties()
        .removeIf(each -> each.getKey().equals(SECONDS) || each.getKey().endsWith("PerSecond"));
    return copy;
  }

  /** What is no single stage's; its picture stands last. */
  private static ReportPart about(Run run, Map<Stage<?>, Finished> finished) {
    RunConfig config = run.config();
    ModelConfig model = config.model();
    var part = new ReportPart(Json.MAPPER.createObjectNode());
    part.fact(
        "Shape",
        model.folder().isEmpty()
            ? "GPT-2, %d layers, %d wide, context %d"
                .formatted(model.layers(), model.width(), model.contextLength())
            : "as in " + model.folder());
    part.fact("Seed", String.valueOf(config.seed()));
    double seconds = total(finished);
    part.fact(
        "Time",
        seconds < 90
            ? String.format(Locale.ROOT, "%.0f s", seconds)
            : String.format(Locale.ROOT, "%.1f min", seconds / 60));
    if (seconds > 0) {
      part.picture(seconds(finished));
    }
    return part;
  }

  private static double total(Map<Stage<?>, Finished> finished) {
    return finished.values().stream().mapToDouble(each -> each.record().seconds()).sum();
  }

  private static Picture seconds(Map<Stage<?>, Finished> finished) {
    List<Amount> amounts =
        finished.values().stream()
            .map(Finished::record)
            .map(record -> Amount.bar(record.stage(), record.seconds(), Theme::policy))
            .toList();
    double longest = amounts.stream().mapToDouble(Amount::value).max().orElse(1);
    return Pictures.rows(
        "seconds",
        "Time per stage",
        "Wall-clock seconds of each stage, starting and stopping its servers included.",
        new Axis("seconds", 0, longest * 1.05, Double.NaN),
        amounts);
  }

  private static Map<String, Object> figures(Run run, Map<Stage<?>, Finished> finished) {
    Map<String, Object> report = new LinkedHashMap<>();
    RunConfig config = run.config();
    report.put(
        "run",
        Map.of(
            "name", config.name(),
            "seed", config.seed(),
            "device", config.device(),
            "data", config.data().source(),
            "algorithm", config.algorithm(),
            "version", Version.number()));
    Map<String, Object> seconds = new LinkedHashMap<>();
    Map<String, Object> parts = new LinkedHashMap<>();
    finished.forEach(
        (stage, each) -> {
          if (!each.section().isEmpty()) {
            report.put(stage.section(), each.section());
          }
          report.putAll(each.part().figuresOfTheRun());
          seconds.put(stage.name(), each.record().seconds());
          if (each.record().figures().path(SECONDS).isObject()) {
            parts.put(stage.name(), each.record().figures().get(SECONDS));
          }
        });
    report.put("machine", Computer.facts());
    seconds.put("total", total(finished));
    seconds.put("parts", parts);
    report.put(SECONDS, seconds);
    return report;
  }
}
