package org.rlaif.serving.grpc;

import static org.rlaif.serving.grpc.WholeAnswer.answer;

import io.grpc.Context;
import io.grpc.stub.StreamObserver;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.rlaif.kit.UserError;
import org.rlaif.model.DecoderConfig;
import org.rlaif.model.Lora;
import org.rlaif.serving.engine.Calibration;
import org.rlaif.serving.engine.Hold;
import org.rlaif.serving.engine.Lease;
import org.rlaif.serving.engine.Loaded;
import org.rlaif.serving.engine.Models;
import org.rlaif.serving.engine.PolicyEngine;
import org.rlaif.serving.engine.ServedModel;
import org.rlaif.serving.queue.PauseMode;
import org.rlaif.serving.update.Probe;
import org.rlaif.serving.update.QuantizationLoss;
import org.rlaif.serving.update.UpdateOutcome;
import org.rlaif.serving.update.UpdateOwner;
import org.rlaif.v1.BeginUpdateRequest;
import org.rlaif.v1.BeginUpdateResponse;
import org.rlaif.v1.CommitUpdateRequest;
import org.rlaif.v1.CommitUpdateResponse;
import org.rlaif.v1.ControlGrpc;
import org.rlaif.v1.GetServerInfoRequest;
import org.rlaif.v1.GetServerInfoResponse;
import org.rlaif.v1.Input;
import org.rlaif.v1.ListModelsRequest;
import org.rlaif.v1.ListModelsResponse;
import org.rlaif.v1.LoadModelRequest;
import org.rlaif.v1.LoadModelResponse;
import org.rlaif.v1.LowRankAdapter;
import org.rlaif.v1.Model;
import org.rlaif.v1.ModelKind;
import org.rlaif.v1.PauseRequest;
import org.rlaif.v1.PauseResponse;
import org.rlaif.v1.PushTensorRequest;
import org.rlaif.v1.PushTensorResponse;
import org.rlaif.v1.RenewLeaseRequest;
import org.rlaif.v1.RenewLeaseResponse;
import org.rlaif.v1.ResumeRequest;
import org.rlaif.v1.ResumeResponse;
import org.rlaif.v1.RollbackUpdateRequest;
import org.rlaif.v1.RollbackUpdateResponse;
import org.rlaif.v1.UnloadModelRequest;
import org.rlaif.v1.UnloadModelResponse;

/** Loads models and changes weights. */
final class ControlService extends ControlGrpc.ControlImplBase {
  private static final Duration DEFAULT_LEASE = Duration.ofSeconds(60);

  private final Models models;
  private final ServerConfig config;
  private final String version;
  private final Instant started;

  ControlService(Models models, ServerConfig config, String version, Instant started) {
    this.models = models;
    this.config = config;
    this.version = version;
    this.started = started;
  }

  @Override
  public void getServerInfo(
      GetServerInfoRequest request, StreamObserver<GetServerInfoResponse> observer) {
    var response =
        GetServerInfoResponse.newBuilder()
            .setVersion(version)
            .setEngine(models.engine())
            .setDevice(models.settings().compute().device())
            .setThreads(models.threads())
            .setMaxQueue(models.settings().queue().sequences())
            .setMaxMessageBytes(config.maxMessageBytes())
            .setStartedUnixMs(started.toEpochMilli())
            .setJava(Runtime.version().toString());
    models.list().forEach(model -> response.addModels(describe(model)));
    answer(observer, response.build());
  }

  @Override
  public void listModels(ListModelsRequest request, StreamObserver<ListModelsResponse> observer) {
    var response = ListModelsResponse.newBuilder();
    models.list().forEach(model -> response.addModels(describe(model)));
    answer(observer, response.build());
  }

  @Override
  public void loadModel(LoadModelRequest request, StreamObserver<LoadModelResponse> observer) {
    Path folder;
    try {
      folder = Path.of(request.getFolder());
    } catch (InvalidPathException e) {
      throw new UserError("folder: " + request.getFolder() + " (expected: a path)", e);
    }
    UserError.require(
        !request.getFolder().isEmpty(), "folder", "\"\"", "a model folder on the server's machine");
    ServedModel model =
        models.load(
            request.getName(),
            folder,
            Precisions.parse("weights_precision", request.getWeightsPrecisionValue()),
            Precisions.parse("kv_cache_precision", request.getKvCachePrecisionValue()),
            request.getCalibrationPromptsCount() == 0
                ? null
                : loaded -> prompts(loaded, request.getCalibrationPromptsList()),
            hold(request));
    answer(observer, LoadModelResponse.newBuilder().setModel(describe(model)).build());
  }

  private static @Nullable Hold hold(LoadModelRequest request) {
    int seconds = request.getLeaseSeconds();
    if (request.getHolder().isEmpty()) {
      UserError.require(seconds == 0, "lease_seconds", seconds, "none without a holder");
      return null;
    }
    return new Hold(
        request.getHolder(), seconds == 0 ? DEFAULT_LEASE : Duration.ofSeconds(seconds));
  }

  private static List<int[]> prompts(Loaded model, List<Input> inputs) {
    UserError.require(
        inputs.size() <= Calibration.MOST_PROMPTS,
        "calibration_prompts",
        inputs.size(),
        "at most " + Calibration.MOST_PROMPTS);
    var prompts = new Prompts(model);
    List<int[]> tokens = new ArrayList<>(inputs.size());
    for (Input input : inputs) {
      String name = "calibration_prompts[" + tokens.size() + "]";
      int[] ids = prompts.of(name, input).ids();
      ids = Arrays.copyOf(ids, Math.min(ids.length, Calibration.LONGEST_PROMPT));
      model.rules().prompt(name, ids);
      tokens.add(ids);
    }
    return tokens;
  }

  @Override
  public void unloadModel(
      UnloadModelRequest request, StreamObserver<UnloadModelResponse> observer) {
    models.unload(request.getName(), request.getHolder(), config.patience());
    answer(observer, UnloadModelResponse.getDefaultInstance());
  }

  @Override
  public void renewLease(RenewLeaseRequest request, StreamObserver<RenewLeaseResponse> observer) {
    List<String> held = models.renew(request.getHolder());
    answer(observer, RenewLeaseResponse.newBuilder().addAllModels(held).build());
  }

  @Override
  public void pause(PauseRequest request, StreamObserver<PauseResponse> observer) {
    PolicyEngine engine = models.policy(request.getModel());
    PauseMode mode =
        switch (request.getMode()) {
          case PAUSE_MODE_DRAIN -> PauseMode.DRAIN;
          case PAUSE_MODE_KEEP -> PauseMode.KEEP;
          case PAUSE_MODE_ABORT -> PauseMode.ABORT;
          default ->
              throw UserError.expected(
                  "mode",
                  request.getModeValue() == 0 ? "unspecified" : request.getModeValue(),
                  "drain, keep or abort");
        };
    engine.pause(mode, Context.current()::isCancelled);
    answer(
        observer,
        PauseResponse.newBuilder()
            .setLiveSequences(engine.liveSequences())
            .setWaitingSequences(engine.waitingSequences())
            .build());
  }

  @Override
  public void resume(ResumeRequest request, StreamObserver<ResumeResponse> observer) {
    models.policy(request.getModel()).resume();
    answer(observer, ResumeResponse.getDefaultInstance());
  }

  private static org.rlaif.v1.PauseMode pauseMode(@Nullable PauseMode mode) {
    String name = mode == null ? "UNSPECIFIED" : mode.name();
    return org.rlaif.v1.PauseMode.valueOf("PAUSE_MODE_" + name);
  }

  @Override
  public void beginUpdate(
      BeginUpdateRequest request, StreamObserver<BeginUpdateResponse> observer) {
    String id =
        models
            .find(request.getModel())
            .updates()
            .begin(
                request.hasAdapter() ? adapter(request.getAdapter()) : null,
                new UpdateOwner(ClientIdentity.current(), ClientIdentity.connection()));
    answer(observer, BeginUpdateResponse.newBuilder().setUpdateId(id).build());
  }

  private static Lora adapter(LowRankAdapter adapter) {
    return new Lora(
        adapter.getRank(),
        adapter.getAlpha(),
        adapter.getRankStabilised(),
        adapter.getTargetsList());
  }

  @Override
  public void pushTensor(PushTensorRequest request, StreamObserver<PushTensorResponse> observer) {
    models
        .updated(request.getUpdateId())
        .updates()
        .push(
            request.getUpdateId(),
            request.getName(),
            request.getOffset(),
            request.getData().asReadOnlyByteBuffer());
    answer(observer, PushTensorResponse.getDefaultInstance());
  }

  @Override
  public void commitUpdate(
      CommitUpdateRequest request, StreamObserver<CommitUpdateResponse> observer) {
    Map<String, Integer> checksums = new LinkedHashMap<>();
    request.getChecksumsList().forEach(sum -> checksums.put(sum.getName(), sum.getCrc32C()));
    ServedModel model = models.updated(request.getUpdateId());
    boolean policy = model instanceof PolicyEngine;
    List<Probe> probes =
        request.getProbesList().stream().map(probe -> Probes.of(probe, policy)).toList();
    float most = policy ? request.getMaxAbsLogprobDifference() : request.getMaxAbsScoreDifference();
    UpdateOutcome outcome = model.updates().commit(request.getUpdateId(), checksums, probes, most);
    var response =
        CommitUpdateResponse.newBuilder()
            .setWeightsVersion(outcome.weightsVersion())
            .setParity(Probes.message(outcome.parity()));
    if (outcome.loss() != null) {
      response.setQuantizationLoss(Precisions.message(outcome.loss()));
    }
    if (policy) {
      response.setMaxAbsLogprobDifference(outcome.parity().maxAbsDifference());
    } else {
      response.setMaxAbsScoreDifference(outcome.parity().maxAbsDifference());
    }
    answer(observer, response.build());
  }

  @Override
  public void rollbackUpdate(
      RollbackUpdateRequest request, StreamObserver<RollbackUpdateResponse> observer) {
    models.updated(request.getUpdateId()).updates().rollBack(request.getUpdateId());
    answer(observer, RollbackUpdateResponse.getDefaultInstance());
  }

  private Model describe(ServedModel model) {
    var description = Model.newBuilder();
    if (model instanceof PolicyEngine policy) {
      describe(policy, description);
    }
    Lease lease = models.lease(model);
    if (lease != null) {
      description.setHolder(lease.holder()).setLeaseEndUnixMs(lease.end().toEpochMilli());
    }
    if (model.config().scorePadding() != DecoderConfig.NO_PADDING) {
      description.setScorePaddingId(model.config().scorePadding());
    }
    return description
        .setName(model.name())
        .setKind(
            model instanceof PolicyEngine
                ? ModelKind.MODEL_KIND_POLICY
                : ModelKind.MODEL_KIND_REWARD)
        .setFolder(model.folder().toAbsolutePath().normalize().toString())
        .setWeightsVersion(model.weightsVersion())
        .setParameters(model.config().parameterCount())
        .setContextLength(model.config().contextLength())
        .setWeightsPrecision(Precisions.message(model.quantization().weights()))
        .setKvCachePrecision(Precisions.message(model.quantization().kvCache()))
        .setWeightsBytes(model.footprint().weights())
        .setKvCacheBytes(model.footprint().kvCache())
        .setChatTemplate(model.loaded().chatTemplate() != null)
        .build();
  }

  private static void describe(PolicyEngine policy, Model.Builder description) {
    QuantizationLoss loss = policy.quantizationLoss();
    if (loss != null) {
      description.setQuantizationLoss(Precisions.message(loss));
    }
    description
        .setSlots(policy.slots())
        .setPaused(pauseMode(policy.paused()))
        .setLiveSequences(policy.liveSequences())
        .setWaitingSequences(policy.waitingSequences());
  }
}
