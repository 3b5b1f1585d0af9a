package org.rlaif.serving.grpc;

import static org.rlaif.serving.grpc.WholeAnswer.answer;

import io.grpc.stub.StreamObserver;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;
import org.rlaif.inference.GRPCInferenceServiceGrpc;
import org.rlaif.inference.ModelConfig;
import org.rlaif.inference.ModelConfigRequest;
import org.rlaif.inference.ModelConfigResponse;
import org.rlaif.inference.ModelInferRequest;
import org.rlaif.inference.ModelInferResponse;
import org.rlaif.inference.ModelMetadataRequest;
import org.rlaif.inference.ModelMetadataResponse;
import org.rlaif.inference.ModelReadyRequest;
import org.rlaif.inference.ModelReadyResponse;
import org.rlaif.inference.ServerLiveRequest;
import org.rlaif.inference.ServerLiveResponse;
import org.rlaif.inference.ServerMetadataRequest;
import org.rlaif.inference.ServerMetadataResponse;
import org.rlaif.inference.ServerReadyRequest;
import org.rlaif.inference.ServerReadyResponse;
import org.rlaif.serving.engine.Models;
import org.rlaif.serving.engine.PolicyEngine;
import org.rlaif.serving.engine.RewardEngine;
import org.rlaif.serving.engine.ServedModel;
import org.rlaif.serving.queue.Refusal;
import org.rlaif.serving.queue.Refusal.Reason;

/** The models for clients of the Open Inference Protocol. */
final class InferenceService extends GRPCInferenceServiceGrpc.GRPCInferenceServiceImplBase {
  private static final String NAME = "rlaif";

  private final Models models;
  private final Executor executor;
  private final String version;
  private final BooleanSupplier ready;

  /**
   * @param version of the server
   * @param ready whether all models answer
   */
  InferenceService(Models models, Executor executor, String version, BooleanSupplier ready) {
    this.models = models;
    this.executor = executor;
    this.version = version;
    this.ready = ready;
  }

  @Override
  public void serverLive(ServerLiveRequest request, StreamObserver<ServerLiveResponse> observer) {
    answer(observer, ServerLiveResponse.newBuilder().setLive(true).build());
  }

  @Override
  public void serverReady(
      ServerReadyRequest request, StreamObserver<ServerReadyResponse> observer) {
    answer(observer, ServerReadyResponse.newBuilder().setReady(ready.getAsBoolean()).build());
  }

  @Override
  public void modelReady(ModelReadyRequest request, StreamObserver<ModelReadyResponse> observer) {
    boolean here =
        models.list().stream()
            .anyMatch(
                model ->
                    model.name().equals(request.getName()) && serves(model, request.getVersion()));
    answer(
        observer, ModelReadyResponse.newBuilder().setReady(here && ready.getAsBoolean()).build());
  }

  @Override
  public void serverMetadata(
      ServerMetadataRequest request, StreamObserver<ServerMetadataResponse> observer) {
    answer(
        observer,
        ServerMetadataResponse.newBuilder()
            .setName(NAME)
            .setVersion(version)
            .addExtensions("model_configuration")
            .build());
  }

  @Override
  public void modelMetadata(
      ModelMetadataRequest request, StreamObserver<ModelMetadataResponse> observer) {
    ServedModel model = find(request.getName(), request.getVersion());
    answer(
        observer,
        ModelMetadataResponse.newBuilder()
            .setName(model.name())
            .addVersions(Long.toString(model.weightsVersion()))
            .setPlatform(platform(model))
            .addAllInputs(inputs(model).stream().map(TensorSignature::metadata).toList())
            .addAllOutputs(outputs(model).stream().map(TensorSignature::metadata).toList())
            .build());
  }

  @Override
  public void modelConfig(
      ModelConfigRequest request, StreamObserver<ModelConfigResponse> observer) {
    ServedModel model = find(request.getName(), request.getVersion());
    var config =
        ModelConfig.newBuilder()
            .setName(model.name())
            .setPlatform(platform(model))
            .setBackend(NAME);
    for (TensorSignature each : inputs(model)) {
      config
          .addInputBuilder()
          .setName(each.name())
          .setDataType(each.kind().configured())
          .addAllDims(each.shape())
          .setOptional(true); // each of them has a stead, or is a setting
    }
    for (TensorSignature each : outputs(model)) {
      config
          .addOutputBuilder()
          .setName(each.name())
          .setDataType(each.kind().configured())
          .addAllDims(each.shape());
    }
    answer(observer, ModelConfigResponse.newBuilder().setConfig(config).build());
  }

  @Override
  public void modelInfer(ModelInferRequest request, StreamObserver<ModelInferResponse> observer) {
    ServedModel model = find(request.getModelName(), request.getModelVersion());
    if (model instanceof PolicyEngine policy) {
      PolicyService.bind(observer, PolicyTensors.infer(policy, request, observer, executor));
    } else if (model instanceof RewardEngine reward) {
      answer(observer, RewardTensors.infer(reward, request));
    }
  }

  private ServedModel find(String name, String wanted) {
    ServedModel model = models.find(name);
    if (!serves(model, wanted)) {
      throw new Refusal(
          Reason.NOT_FOUND,
          "version: %s (expected: %d, the version of %s's weights that serves, or none)"
              .formatted(wanted, model.weightsVersion(), name));
    }
    return model;
  }

  private static boolean serves(ServedModel model, String version) {
    return version.isEmpty() || version.equals(Long.toString(model.weightsVersion()));
  }

  private static List<TensorSignature> inputs(ServedModel model) {
    return model instanceof PolicyEngine ? PolicyTensors.INPUTS : RewardTensors.INPUTS;
  }

  private static List<TensorSignature> outputs(ServedModel model) {
    return model instanceof PolicyEngine ? PolicyTensors.OUTPUTS : RewardTensors.OUTPUTS;
  }

  private static String platform(ServedModel model) {
    return NAME + (model instanceof PolicyEngine ? "_policy" : "_reward");
  }
}
