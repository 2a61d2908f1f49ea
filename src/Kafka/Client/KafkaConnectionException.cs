namespace Actors.Kafka.Client;

/// <summary>A connection, or one request on it, came to nothing.</summary>
/// <param name="failure">What happened.</param>
/// <param name="broker">The broker's address.</param>
/// <param name="mayHaveBeenApplied">Whether the broker may have done what was asked.</param>
/// <param name="detail">More about it, a sentence, or "".</param>
/// <param name="cause">What was caught, or null.</param>
public sealed class KafkaConnectionException(
    KafkaConnectionFailure failure,
    string broker,
    bool mayHaveBeenApplied,
    string detail,
    Exception? cause)
    : Exception(Describe(failure, broker, detail), cause)
{
    /// <summary>What happened.</summary>
    public KafkaConnectionFailure Failure { get; } = failure;

    /// <summary>The broker's address: <c>host:port</c>.</summary>
    public string Broker { get; } = broker;

    /// <summary>
    /// Whether the request may have reached the broker. False means that it did not; true means that nobody here knows.
    /// </summary>
    public bool MayHaveBeenApplied { get; } = mayHaveBeenApplied;

    private static string Describe(KafkaConnectionFailure failure, string broker, string detail)
    {
        var sentence = failure switch
        {
            KafkaConnectionFailure.ConnectFailed => $"{broker} cannot be reached.",
            KafkaConnectionFailure.ConnectTimedOut => $"{broker} did not accept a connection and say its versions in time.",
            KafkaConnectionFailure.RequestTimedOut => $"{broker} did not answer in time.",
            KafkaConnectionFailure.ClosedByBroker => $"{broker} closed the connection.",
            KafkaConnectionFailure.ClosedHere => $"The connection to {broker} was closed on this side.",
            KafkaConnectionFailure.InvalidResponseSize => $"{broker} sent a response of an invalid size.",
            KafkaConnectionFailure.UnexpectedResponse => $"{broker} sent a response that nobody waits for.",
            KafkaConnectionFailure.MalformedResponse => $"{broker} sent a response that cannot be read.",
            KafkaConnectionFailure.NoCommonVersion => $"{broker} has no version of the request in common with this client.",
            _ => $"Too much waits for {broker} already.",
        };
        return detail.Length == 0 ? sentence : $"{sentence} {detail}";
    }
}
