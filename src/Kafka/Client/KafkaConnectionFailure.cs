namespace Actors.Kafka.Client;

/// <summary>Why a connection, or one request on it, came to nothing.</summary>
public enum KafkaConnectionFailure
{
    /// <summary>The broker cannot be reached: unknown host, refused, no route.</summary>
    ConnectFailed,

    /// <summary>No connection, or no answer about versions, within <see cref="KafkaConnectionOptions.ConnectTimeout"/>.</summary>
    ConnectTimedOut,

    /// <summary>A request was not answered in time. The connection is closed: answers behind it would be late as well.</summary>
    RequestTimedOut,

    /// <summary>The broker closed or reset the connection.</summary>
    ClosedByBroker,

    /// <summary>This side closed the connection.</summary>
    ClosedHere,

    /// <summary>A response is larger than <see cref="KafkaConnectionOptions.MaxResponseBytes"/>, or its size is negative.</summary>
    InvalidResponseSize,

    /// <summary>A response that nobody waits for, or that belongs to another request.</summary>
    UnexpectedResponse,

    /// <summary>A response is not what its version says.</summary>
    MalformedResponse,

    /// <summary>The broker and this codec have no version of the API in common. Only this request is concerned.</summary>
    NoCommonVersion,

    /// <summary>Too many requests or bytes wait already. Only this request is concerned; it was not sent.</summary>
    Busy,
}
