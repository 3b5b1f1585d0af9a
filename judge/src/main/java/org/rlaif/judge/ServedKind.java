package org.rlaif.judge;

import com.fasterxml.jackson.annotation.JsonTypeName;
import org.jspecify.annotations.Nullable;
import org.rlaif.client.RlaifClient;
import org.rlaif.client.Tls;
import org.rlaif.judge.language.LanguageModel;
import org.rlaif.judge.language.ServedModel;
import org.rlaif.kit.UserError;

/**
 * A judge by a language model that is served here.
 *
 * @param timeoutSeconds for one answer
 * @param address {@code host:port} of the server; null: the run's own
 * @param tls how {@code address} is known, and what it is shown; the token is the environment's
 * @param model its name on that server
 * @param chat whether one that has a chat template is asked through it
 */
@JsonTypeName("model")
record ServedKind(
    @Nullable String template,
    @Nullable String ratingTemplate,
    Reasoning rationale,
    @Nullable String exemplars,
    Critiquing critique,
    @Nullable String constitution,
    Revising revision,
    int timeoutSeconds,
    @Nullable String address,
    Tls tls,
    @Nullable String model,
    boolean chat)
    implements LanguageModelKind {
  ServedKind {
    UserError.require(timeoutSeconds >= 1, "timeoutSeconds", timeoutSeconds, ">= 1");
  }

  @Override
  public LanguageModel openModel(Opening opening) {
    String name = UserError.given("model", model, "the name of a model that is served there");
    RlaifClient client = opening.client(address, tls, timeoutSeconds);
    return new ServedModel(client, name, chat);
  }

  @Override
  public ServedKind decisive() {
    return new ServedKind(
        template,
        ratingTemplate,
        rationale,
        exemplars,
        Critiquing.SHIPPED,
        constitution,
        Revising.SHIPPED,
        /* timeoutSeconds= */ 1,
        address,
        Tls.NONE,
        model,
        chat);
  }

  @Override
  public boolean canBeAskedAgain() {
    return true;
  }

  @Override
  public boolean servedHere() {
    return address == null;
  }

  @Override
  public ServedKind servedAs(String name) {
    return new ServedKind(
        template,
        ratingTemplate,
        rationale,
        exemplars,
        critique,
        constitution,
        revision,
        timeoutSeconds,
        /* address= */ null,
        Tls.NONE,
        name,
        chat);
  }
}
