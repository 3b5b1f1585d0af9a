package org.rlaif.client;

import io.grpc.Channel;
import io.grpc.StatusRuntimeException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.rlaif.v1.BeginUpdateRequest;
import org.rlaif.v1.Chat;
import org.rlaif.v1.CommitUpdateRequest;
import org.rlaif.v1.CommitUpdateResponse;
import org.rlaif.v1.ControlGrpc;
import org.rlaif.v1.GenerateRequest;
import org.rlaif.v1.GenerateResponse;
import org.rlaif.v1.GetServerInfoRequest;
import org.rlaif.v1.GetServerInfoResponse;
import org.rlaif.v1.Input;
import org.rlaif.v1.ListModelsRequest;
import org.rlaif.v1.LoadModelRequest;
import org.rlaif.v1.LogprobsRequest;
import org.rlaif.v1.LogprobsResponse;
import org.rlaif.v1.LowRankAdapter;
import org.rlaif.v1.Message;
import org.rlaif.v1.Model;
import org.rlaif.v1.PauseMode;
import org.rlaif.v1.PauseRequest;
import org.rlaif.v1.PauseResponse;
import org.rlaif.v1.PolicyGrpc;
import org.rlaif.v1.Precision;
import org.rlaif.v1.RenewLeaseRequest;
import org.rlaif.v1.ResumeRequest;
import org.rlaif.v1.RewardGrpc;
import org.rlaif.v1.RolloutRequest;
import org.rlaif.v1.RolloutResponse;
import org.rlaif.v1.Sampling;
import org.rlaif.v1.ScorePairsRequest;
import org.rlaif.v1.ScorePairsResponse;
import org.rlaif.v1.ScoreRequest;
import org.rlaif.v1.ScoreResponse;
import org.rlaif.v1.Tokens;
import org.rlaif.v1.UnloadModelRequest;

/**
 * A client of one server, for many threads. Every call ends within the time limit; a failure is a
 * {@link StatusRuntimeException} whose description begins with what was waited for.
 *
 * <p>A call that the server refuses for lack of room ({@code RESOURCE_EXHAUSTED}) is made again
 * after the time that the server says, within the time limit and at most {@value #ATTEMPTS} times
 * in all unless {@link #open(String, Duration, Credentials, int)} says otherwise.
 */
public final class RlaifClient implements AutoCloseable {
  /** How often a call is made, at most, if the server has no room. */
  public static final int ATTEMPTS = 5;

  private final Connection connection;

  private RlaifClient(Connection connection) {
    this.connection = connection;
  }

  /**
   * Opens a client. Nothing is sent before the first call.
   *
   * @param target {@code host:port}, or {@code inprocess:NAME} for a server in this process
   */
  public static RlaifClient open(String target, Duration timeLimit) {
    return open(target, timeLimit, Credentials.NONE);
  }

  /**
   * Opens a client that talks TLS or shows a token. An {@link IllegalArgumentException} names a
   * file that is not what it should be. Within a process credentials change nothing.
   */
  public static RlaifClient open(String target, Duration timeLimit, Credentials credentials) {
    return open(target, timeLimit, credentials, ATTEMPTS);
  }

  /**
   * The same.
   *
   * @param attempts how often a call is made, at most, if the server has no room; 1: once
   */
  public static RlaifClient open(
      String target, Duration timeLimit, Credentials credentials, int attempts) {
    Tls.require(attempts >= 1, "attempts", attempts, ">= 1");
    return new RlaifClient(Connection.open(target, timeLimit, credentials, attempts));
  }

  /** This client with another time limit. They share the connection: closing one closes both. */
  public RlaifClient within(Duration timeLimit) {
    return new RlaifClient(connection.within(timeLimit));
  }

  /** An input that the server tokenises. */
  public static Input text(String text) {
    return Input.newBuilder().setText(text).build();
  }

  /** An input of token ids, taken as they are. */
  public static Input tokens(int... ids) {
    Tokens tokens = Tokens.newBuilder().addAllIds(Arrays.stream(ids).boxed().toList()).build();
    return Input.newBuilder().setTokens(tokens).build();
  }

  /** A conversation, which the chat template of the model writes down; the assistant goes on. */
  public static Input chat(Message... messages) {
    return Input.newBuilder().setChat(Chat.newBuilder().addAllMessages(List.of(messages))).build();
  }

  /** What the system says in a {@link #chat}, before everybody else. */
  public static Message system(String content) {
    return message("system", content);
  }

  /** What the user says in a {@link #chat}. */
  public static Message user(String content) {
    return message("user", content);
  }

  /** What the assistant has said in a {@link #chat}. */
  public static Message assistant(String content) {
    return message("assistant", content);
  }

  private static Message message(String role, String content) {
    return Message.newBuilder().setRole(role).setContent(content).build();
  }

  /** The text of one completion of a text, when it is whole, sampled at temperature 1. */
  public String generate(String model, String prompt) {
    return generate(model, prompt, Sampling.getDefaultInstance());
  }

  /** The text of one completion of a text, when it is whole. */
  public String generate(String model, String prompt, Sampling sampling) {
    GenerateRequest request =
        GenerateRequest.newBuilder()
            .setModel(model)
            .setPrompt(text(prompt))
            .setSampling(sampling)
            .build();
    return generate(request).getText();
  }

  /** One completion, when it is whole. */
  public GenerateResponse generate(GenerateRequest request) {
    var whole = new WholeCompletion();
    try (Incoming<GenerateResponse> parts = generateStream(request)) {
      parts.forEachRemaining(whole::add);
    }
    return whole.get();
  }

  /** One completion; a part comes with every token that is sampled. */
  public Incoming<GenerateResponse> generateStream(GenerateRequest request) {
    return new Incoming<>(connection, completion(request), () -> policy().generate(request));
  }

  /**
   * The same for a consumer, on a thread of the connection's.
   *
   * @return the whole completion; cancelling it ends the call
   */
  public CompletableFuture<GenerateResponse> generateAsync(
      GenerateRequest request, Consumer<GenerateResponse> eachPart) {
    var whole = new WholeCompletion();
    var listening =
        new Listening<GenerateRequest, GenerateResponse, GenerateResponse>(
            connection, completion(request), eachPart.andThen(whole::add), whole::get);
    connection.limited(PolicyGrpc.newStub(connection.channel())).generate(request, listening);
    return listening.future();
  }

  /** All sequences of a rollout batch, ordered by prompt, then by sample. */
  public List<RolloutResponse> rollout(RolloutRequest request) {
    List<RolloutResponse> sequences = new ArrayList<>();
    try (Incoming<RolloutResponse> finished = rolloutStream(request)) {
      finished.forEachRemaining(sequences::add);
    }
    sequences.sort(
        Comparator.comparingInt(RolloutResponse::getPromptIndex)
            .thenComparingInt(RolloutResponse::getSampleIndex));
    return sequences;
  }

  /** The sequences of a rollout batch, each as it finishes. */
  public Incoming<RolloutResponse> rolloutStream(RolloutRequest request) {
    return new Incoming<>(connection, sequences(request), () -> policy().rollout(request));
  }

  /**
   * The same for a consumer, on a thread of the connection's.
   *
   * @return completed after the last one; cancelling it ends the call
   */
  public CompletableFuture<Void> rolloutAsync(
      RolloutRequest request, Consumer<RolloutResponse> eachSequence) {
    var listening =
        new Listening<RolloutRequest, RolloutResponse, Void>(
            connection, sequences(request), eachSequence, () -> null);
    connection.limited(PolicyGrpc.newStub(connection.channel())).rollout(request, listening);
    return listening.future();
  }

  /** Log-probabilities of given completions, token by token. */
  public LogprobsResponse logprobs(LogprobsRequest request) {
    return connection.waitFor(
        "log-probabilities from " + request.getModel(), () -> policy().logprobs(request));
  }

  /** What a reward model gives one completion of a prompt; higher is better. */
  public float score(String model, String prompt, String completion) {
    ScoreRequest.Item item =
        ScoreRequest.Item.newBuilder()
            .setPrompt(text(prompt))
            .setCompletion(text(completion))
            .build();
    return score(ScoreRequest.newBuilder().setModel(model).addItems(item).build()).getScores(0);
  }

  /** What a reward model gives completions. */
  public ScoreResponse score(ScoreRequest request) {
    return connection.waitFor(
        "scores of " + request.getItemsCount() + " completions from " + request.getModel(),
        () -> reward().score(request));
  }

  /** Which of two completions is better, by a reward model. */
  public ScorePairsResponse scorePairs(ScorePairsRequest request) {
    return connection.waitFor(
        "scores of " + request.getPairsCount() + " pairs from " + request.getModel(),
        () -> reward().scorePairs(request));
  }

  /** What the server is, and what it serves. */
  public GetServerInfoResponse serverInfo() {
    return connection.waitFor(
        "what the server is",
        () -> control().getServerInfo(GetServerInfoRequest.getDefaultInstance()));
  }

  /** What the server serves. */
  public List<Model> models() {
    return connection.waitFor(
        "the list of models",
        () -> control().listModels(ListModelsRequest.getDefaultInstance()).getModelsList());
  }

  /**
   * Puts a model into service, as the server was started.
   *
   * @param folder on the server's machine
   */
  public Model load(String name, String folder) {
    return load(name, folder, Precision.PRECISION_UNSPECIFIED, Precision.PRECISION_UNSPECIFIED);
  }

  /**
   * The same; should it serve quantised, it is calibrated with prompts like those that it will be
   * asked, at most 31.
   */
  public Model load(String name, String folder, List<Input> prompts) {
    return load(
        LoadModelRequest.newBuilder()
            .setName(name)
            .setFolder(folder)
            .addAllCalibrationPrompts(prompts)
            .build());
  }

  /** The same for a policy, quantised as asked. */
  public Model load(String name, String folder, Precision weights, Precision kvCache) {
    LoadModelRequest request =
        LoadModelRequest.newBuilder()
            .setName(name)
            .setFolder(folder)
            .setWeightsPrecision(weights)
            .setKvCachePrecision(kvCache)
            .build();
    return load(request);
  }

  /** The same with all that can be said, such as who holds it. */
  public Model load(LoadModelRequest request) {
    return connection.waitFor(
        "loading " + request.getName() + " from " + request.getFolder(),
        () -> control().loadModel(request).getModel());
  }

  /** Takes a model out of service. */
  public void unload(String name) {
    unload(name, "");
  }

  /** The same for a model that is held. */
  public void unload(String name, String holder) {
    UnloadModelRequest request =
        UnloadModelRequest.newBuilder().setName(name).setHolder(holder).build();
    connection.waitFor("unloading " + name, () -> control().unloadModel(request));
  }

  /**
   * Goes on holding all models that somebody holds.
   *
   * @return their names
   */
  public List<String> renewLease(String holder) {
    RenewLeaseRequest request = RenewLeaseRequest.newBuilder().setHolder(holder).build();
    return connection.waitFor(
        "the lease of " + holder, () -> control().renewLease(request).getModelsList());
  }

  /** Stops a policy from sampling; returns when it has stopped as the mode says. */
  public PauseResponse pause(String model, PauseMode mode) {
    PauseRequest request = PauseRequest.newBuilder().setModel(model).setMode(mode).build();
    return connection.waitFor("the pause of " + model, () -> control().pause(request));
  }

  /** Lets a policy sample again. */
  public void resume(String model) {
    ResumeRequest request = ResumeRequest.newBuilder().setModel(model).build();
    connection.waitFor("the resumption of " + model, () -> control().resume(request));
  }

  /**
   * Replaces all weights of a model. The server checks every tensor's checksum and the probes on
   * the new weights; if one fails, the old weights go on serving and this call throws.
   *
   * <p>In the same process the tensors' memory is handed over by reference: leave it untouched
   * until this call returns.
   *
   * @param tensors fp32, little-endian, row-major bytes of every tensor, by name
   * @param probes completions with the log-probabilities that a policy's new weights must give, or
   *     the score that a reward model's must
   * @param threshold the largest absolute difference from the probes that is accepted
   */
  public CommitUpdateResponse publish(
      String model,
      Map<String, ByteBuffer> tensors,
      List<CommitUpdateRequest.Probe> probes,
      float threshold) {
    BeginUpdateRequest begin = BeginUpdateRequest.newBuilder().setModel(model).build();
    return new WeightPublication(connection, begin).publish(tensors, probes, threshold);
  }

  /**
   * Like {@link #publish}, with an adapter on top of the weights in the model's folder: only its
   * tensors travel.
   *
   * @param tensors of the adapter, by PEFT's names
   */
  public CommitUpdateResponse publishAdapter(
      String model,
      LowRankAdapter adapter,
      Map<String, ByteBuffer> tensors,
      List<CommitUpdateRequest.Probe> probes,
      float threshold) {
    BeginUpdateRequest begin =
        BeginUpdateRequest.newBuilder().setModel(model).setAdapter(adapter).build();
    return new WeightPublication(connection, begin).publish(tensors, probes, threshold);
  }

  private static String completion(GenerateRequest request) {
    return "a completion from " + request.getModel();
  }

  private static String sequences(RolloutRequest request) {
    return "rollout of " + request.getPromptsCount() + " prompts from " + request.getModel();
  }

  private PolicyGrpc.PolicyBlockingStub policy() {
    return connection.limited(PolicyGrpc.newBlockingStub(connection.channel()));
  }

  private RewardGrpc.RewardBlockingStub reward() {
    return connection.limited(RewardGrpc.newBlockingStub(connection.channel()));
  }

  private ControlGrpc.ControlBlockingStub control() {
    return connection.limited(ControlGrpc.newBlockingStub(connection.channel()));
  }

  /** For stubs of other services that a server has, such as its health; closed with this. */
  public Channel channel() {
    return connection.channel();
  }

  @Override
  public void close() {
    connection.close();
  }
}
