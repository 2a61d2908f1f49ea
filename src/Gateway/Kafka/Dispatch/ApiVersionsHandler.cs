using Actors.Kafka;
using Actors.Kafka.Messages;

namespace Actors.Gateway.Kafka;

/// <summary>Tells clients what is served. Source: KIP-35, KIP-511.</summary>
public sealed class ApiVersionsHandler(Lazy<ServedApis> served) : MessageHandler<ApiVersionsRequest>
{
    /// <inheritdoc/>
    public override ApiKey Key => ApiKey.ApiVersions;

    /// <inheritdoc/>
    public override short MinVersion => 0;

    /// <inheritdoc/>
    public override short MaxVersion => 4;

    /// <summary>The answer to a version that is not served: version 0 with the list, so that the client can choose again (KIP-511).</summary>
    public IKafkaResponse UnsupportedVersion() => Response(ErrorCode.UnsupportedVersion);

    /// <inheritdoc/>
    protected override ValueTask<IKafkaResponse> AnswerAsync(ApiVersionsRequest message, KafkaRequest request, CancellationToken token) =>
        ValueTask.FromResult<IKafkaResponse>(Response(ErrorCode.None));

    private ApiVersionsResponse Response(ErrorCode error) => new()
    {
        ErrorCode = error,
        ApiKeys = [.. served.Value.All.Select(handler => new ApiVersionsResponse.ApiVersion { ApiKey = (short)handler.Key, MinVersion = handler.MinVersion, MaxVersion = handler.MaxVersion })],
    };
}
