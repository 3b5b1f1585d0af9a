package org.rlaif.judge.revision;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.rlaif.judge.Constitution;
import org.rlaif.judge.Criticised;
import org.rlaif.judge.Critiquing;
import org.rlaif.judge.Draw;
import org.rlaif.judge.JudgeConfig;
import org.rlaif.judge.JudgeKind;
import org.rlaif.judge.JudgePrompt;
import org.rlaif.judge.LanguageModelKind;
import org.rlaif.judge.Rated;
import org.rlaif.judge.Revising;
import org.rlaif.judge.language.Askers;
import org.rlaif.judge.language.LanguageModel;
import org.rlaif.judge.language.Written;
import org.rlaif.kit.ConfigFiles;
import org.rlaif.kit.Progress;
import org.rlaif.kit.UserError;

/**
 * Has a language model criticise and revise answers, under principles that are drawn (Bai et al.
 * 2022, arXiv 2212.08073, section 3.1). In each round one principle of the constitution is drawn,
 * with repetition, by the seed, the prompt, the first answer and the round; the model writes what
 * is wrong with the answer by it, and then the answer anew.
 */
public final class Reviser implements AutoCloseable {
  /** How a principle is put. */
  private record Asking(
      String principle, JudgePrompt<Rated> objecting, JudgePrompt<Criticised> revising) {}

  private final LanguageModel model;
  private final Askers askers;
  private final Constitution constitution;
  private final List<Asking> principles;
  private final Critiquing critique;
  private final Revising revision;
  private final long seed;

  private Reviser(
      LanguageModel model, Constitution constitution, LanguageModelKind settings, long seed) {
    this.model = model;
    this.askers = new Askers(model);
    this.constitution = constitution;
    this.critique = settings.critique();
    this.revision = settings.revision();
    this.principles = askings(constitution, critique, revision);
    this.seed = seed;
  }

  private static List<Asking> askings(
      Constitution constitution, Critiquing critique, Revising revision) {
    return constitution.principles().stream()
        .map(
            each ->
                new Asking(
                    each.name(),
                    JudgePrompt.objecting(critique.template(), each.critique()),
                    JudgePrompt.revising(revision.template(), each.revision())))
        .toList();
  }

  /**
   * Opens one; nothing is sent before the first question.
   *
   * @param seed of the draws
   * @param answers where an endpoint's answers are kept, see {@link JudgeConfig#open}
   * @throws UserError if the judge is no language model
   */
  public static Reviser open(JudgeConfig config, long seed, @Nullable Path answers) {
    LanguageModelKind settings = config.languageModel();
    String named = settings.constitution();
    Constitution constitution = Constitution.load(named == null ? Constitution.HARMLESS : named);
    askings(constitution, settings.critique(), settings.revision()); // refused before it is open
    LanguageModel model =
        settings.openModel(new JudgeKind.Opening(seed, /* ownServer= */ null, answers));
    return new Reviser(model, constitution, settings, seed);
  }

  /**
   * Revises answers, with the progress shown; in their order.
   *
   * @throws UserError if no answer was revised
   */
  public List<Revision> revise(List<FirstAnswer> answers) {
    UserError.require(!answers.isEmpty(), "answers", 0, "at least 1 prompt");
    long before =
        answers.stream().filter(each -> model.knows(known -> revise(known, each))).count();
    if (before > 0) {
      System.err.printf(
          Locale.ROOT, "%-11s %d answers kept, of %d%n", "revise", before, answers.size());
    }
    AtomicInteger revised = new AtomicInteger();
    List<Revision> all;
    try (Progress progress = Progress.start("revise", answers.size(), "answers")) {
      all =
          askers.all(
              answers,
              each -> {
                Revision made = revise(model, each);
                progress.figures(
                    "%d revised", made.isDone() ? revised.incrementAndGet() : revised.get());
                progress.step(1);
                return made;
              });
    }
    if (revised.get() == 0) {
      throw UserError.expected(
          model.name() + ": revisions",
          "none of " + all.size() + " answers",
          "at least 1; first reason: " + all.get(0).why());
    }
    return all;
  }

  private Revision revise(LanguageModel asked, FirstAnswer given) {
    String prompt = given.prompt().transcript();
    FirstAnswer first = given;
    if (!given.isWritten()) {
      Written answer = asked.write(prompt, revision.writing(seed));
      String text = answer.text();
      if (text == null || text.isBlank()) {
        return Revision.none(given, "no first answer: " + why(answer));
      }
      first = given.written(text, author());
    }
    List<Revision.Round> rounds = new ArrayList<>();
    String completion = first.completion();
    for (int round = 1; round <= revision.rounds(); round++) {
      Asking principle = drawn(prompt, first.completion(), round);
      String question = principle.objecting().render(new Rated(prompt, completion));
      Written objection = asked.write(question, critique.writing(seed));
      String critiqued = objection.text();
      if (critiqued == null || critiqued.isBlank()) {
        return Revision.none(first, "no critique: " + why(objection));
      }
      String wanted =
          principle.revising().render(new Criticised(prompt, completion, critiqued.strip()));
      Written written = asked.write(wanted, revision.writing(seed));
      String text = written.text();
      if (text == null || text.isBlank()) {
        return Revision.none(first, "no revision: " + why(written));
      }
      completion = inPlaceOf(first.completion(), text);
      rounds.add(
          new Revision.Round(principle.principle(), question, critiqued.strip(), completion));
    }
    return new Revision(first, rounds, null);
  }

  private Asking drawn(String prompt, String first, int round) {
    List<String> by = List.of(String.valueOf(seed), prompt, first, String.valueOf(round));
    return principles.get(Draw.below(principles.size(), by));
  }

  private static String why(Written written) {
    return written.why() == null ? "nothing said" : written.why();
  }

  /** It begins with the white space that the first answer begins with, behind the same prompt. */
  private static String inPlaceOf(String first, String text) {
    return first.substring(0, first.length() - first.stripLeading().length()) + text.strip();
  }

  /** Who writes, such as {@code model:judge}. */
  public String name() {
    return model.name();
  }

  /** The same as the author of a completion: {@code judge}. */
  String author() {
    return name().substring(name().indexOf(':') + 1);
  }

  public Constitution constitution() {
    return constitution;
  }

  /** A fingerprint of everything that decides what it writes, as far as it is known here. */
  public String hash() {
    return ConfigFiles.hash(
        Map.of(
            "model", model.identity(),
            "constitution", constitution,
            "critique", critique,
            "revision", revision,
            "templates",
                List.of(
                    principles.get(0).objecting().parts(), principles.get(0).revising().parts()),
            "seed", seed));
  }

  @Override
  public void close() {
    askers.close();
    model.close();
  }
}
