using System.Net;
using Actors.Kafka;
using Microsoft.Extensions.Logging;

namespace Actors.Gateway.Kafka;

/// <summary>What the Kafka front end says in the log. Event ids 3000-3099.</summary>
internal static partial class GatewayLog
{
    [LoggerMessage(3001, LogLevel.Warning, "Closing {Remote}: it sent {What}, and a request is at most {MaxBytes} bytes.")]
    public static partial void NotKafka(ILogger logger, EndPoint? remote, string what, int maxBytes);

    [LoggerMessage(3002, LogLevel.Warning, "Closing {Remote}: the header of a request of {Bytes} bytes is malformed.")]
    public static partial void MalformedHeader(ILogger logger, EndPoint? remote, int bytes);

    [LoggerMessage(3003, LogLevel.Warning, "Closing {Remote}: API {ApiKey} version {Version} is not served here.")]
    public static partial void UnknownApi(ILogger logger, EndPoint? remote, short apiKey, short version);

    [LoggerMessage(3004, LogLevel.Warning, "Closing {Remote}: {Api} version {Version} is not served; {Min} to {Max} are.")]
    public static partial void UnsupportedVersion(ILogger logger, EndPoint? remote, ApiKey api, short version, short min, short max);

    [LoggerMessage(3005, LogLevel.Warning, "Closing {Remote}: a {Api} request in version {Version} with {Bytes} bytes is malformed.")]
    public static partial void MalformedRequest(ILogger logger, EndPoint? remote, ApiKey api, short version, int bytes);

    [LoggerMessage(3006, LogLevel.Error, "Closing {Remote}: a {Api} request in version {Version} has failed.")]
    public static partial void HandlerFailed(ILogger logger, EndPoint? remote, ApiKey api, short version, Exception failure);

    [LoggerMessage(3007, LogLevel.Debug, "Closing {Remote}: {Reason}.")]
    public static partial void Closing(ILogger logger, EndPoint? remote, string reason);

    [LoggerMessage(3008, LogLevel.Warning, "Refusing {Remote}: {Connections} connections are open, and Kafka:MaxConnections allows no more.")]
    public static partial void TooManyConnections(ILogger logger, EndPoint? remote, int connections);

    [LoggerMessage(3009, LogLevel.Error, "Records of {Topic}-{Partition} at offset {Offset} cannot be read; consumers are told that the storage has failed. {Untold} more since the last such line.")]
    public static partial void ReadFailed(ILogger logger, string? topic, int partition, long offset, int untold, Exception failure);

    [LoggerMessage(3010, LogLevel.Error, "{Topic}-{Partition} cannot be searched for the time {TimestampMs}: its files cannot be read. {Untold} more since the last such line.")]
    public static partial void SearchFailed(ILogger logger, string topic, int partition, long timestampMs, int untold);

    [LoggerMessage(3011, LogLevel.Error, "A producer cannot be given an id, because the store of topics does not answer. {Untold} more since the last such line.")]
    public static partial void NoProducerId(ILogger logger, int untold, Exception failure);
}
