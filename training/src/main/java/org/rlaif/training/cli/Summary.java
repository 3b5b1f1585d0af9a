package org.rlaif.training.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import org.rlaif.kit.Example;
import org.rlaif.kit.Json;
import org.rlaif.kit.Message;
import org.rlaif.kit.Prompt;
import org.rlaif.training.run.Figures;
import org.rlaif.training.run.Run;
import org.rlaif.training.run.RunFolder;
import org.rlaif.training.run.Stage;
import org.rlaif.training.stages.ReportStage;

/** What a finished run has to say to the person who started it. */
final class Summary {
  private Summary() {}

  static void print(Run of, List<Stage<?>> stages, PrintWriter out) {
    RunFolder folder = of.folder();
    String run = folder.typed();
    out.println();
    ReportStage.closing(of, stages)
        .forEach(sentence -> out.println(sentence.replace('\u00a0', ' ')));
    double seconds =
        Figures.number(
            Json.read(folder.path().resolve(ReportStage.FIGURES), JsonNode.class), "seconds.total");
    out.printf(Locale.ROOT, "All of it took %.1f minutes.%n", seconds / 60);
    out.println();
    out.println("Report:   " + Path.of(run).resolve(ReportStage.PAGE));
    out.println("Figures:  " + Path.of(run).resolve(ReportStage.FIGURES));
    out.println("Serve:    ./rlaif serve " + quoted(run));
    question(of.data().test())
        .ifPresent(asked -> out.println("Ask it:   ./rlaif generate " + quoted(run) + " " + asked));
    out.println();
    out.flush();
  }

  /** The shortest prompt that can be typed, as {@code rlaif generate} takes it. */
  private static Optional<String> question(List<Example> examples) {
    return examples.stream()
        .map(Example::prompt)
        .sorted(Comparator.comparingInt(prompt -> prompt.transcript().length()))
        .flatMap(Summary::typed)
        .findFirst();
  }

  private static Stream<String> typed(Prompt prompt) {
    if (!(prompt instanceof Prompt.Chat chat)) {
      return Stream.of(quoted(prompt.transcript()));
    }
    List<Message> messages = chat.messages();
    Message last = messages.get(messages.size() - 1);
    String said = quoted(last.content());
    return switch (messages.size()) {
      case 1 -> Stream.of("--chat " + said);
      case 2 -> Stream.of("--system " + quoted(messages.get(0).content()) + " " + said);
      default -> Stream.empty();
    };
  }

  /** As bash reads it back, on one line. */
  static String quoted(String text) {
    if (text.matches("[A-Za-z0-9_./-]+")) {
      return text;
    }
    String escaped =
        text.replace("\\", "\\\\").replace("'", "\\'").replace("\n", "\\n").replace("\t", "\\t");
    return "$'" + escaped + "'";
  }
}
