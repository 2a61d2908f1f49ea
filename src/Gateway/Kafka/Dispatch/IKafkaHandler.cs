using Actors.Kafka;

namespace Actors.Gateway.Kafka;

/// <summary>Serves one API. What a handler says of its versions is what the broker advertises.</summary>
public interface IKafkaHandler
{
    /// <summary>The API.</summary>
    ApiKey Key { get; }

    /// <summary>The lowest version that is served and advertised.</summary>
    short MinVersion { get; }

    /// <summary>The highest version that is served and advertised.</summary>
    short MaxVersion { get; }

    /// <summary>
    /// Whether the next request of the connection may start while this one waits: for requests that wait for an event, such as a
    /// long poll. All others end before the next one starts, so that a client may send "create" and "produce" in one go.
    /// </summary>
    bool Overlaps => false;

    /// <summary>
    /// Answers a request with exactly one <see cref="KafkaRequest.Reply(ResponseBody, ErrorCode)"/>. Requests of one connection are started in
    /// their order, each when the one before it has ended, unless that <see cref="Overlaps"/>; answers leave in the order of the requests.
    /// </summary>
    /// <param name="request">Belongs to the handler; its memory is not pooled, so parts of it may be kept.</param>
    /// <param name="token">The connection is gone: nobody waits for the answer. A stop of the silo is <see cref="KafkaRequest.Hurry"/>.</param>
    ValueTask HandleAsync(KafkaRequest request, CancellationToken token);
}
