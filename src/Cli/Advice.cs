using System.Net.Sockets;
using Actors.Kafka;
using Actors.Kafka.Client;

namespace Actors.Cli;

/// <summary>Turns failures into sentences that say what to do.</summary>
internal static class Advice
{
    /// <summary>The sentence for a connection that came to nothing.</summary>
    public static string For(KafkaConnectionException failure)
    {
        var advice = failure.Failure switch
        {
            KafkaConnectionFailure.ConnectFailed when IsRefused(failure) =>
                "Start a silo (scripts/run), or name another address with --bootstrap host:port.",
            KafkaConnectionFailure.ConnectFailed => "Check the address that --bootstrap names.",
            KafkaConnectionFailure.ConnectTimedOut => "Something listens there that does not speak Kafka, or it is overloaded: check --bootstrap.",
            KafkaConnectionFailure.InvalidResponseSize or KafkaConnectionFailure.UnexpectedResponse or KafkaConnectionFailure.MalformedResponse =>
                "Something listens there that does not speak Kafka: check --bootstrap (Kafka is on 9092, HTTP on 8080).",
            KafkaConnectionFailure.ClosedByBroker => "It stopped, or refused what was asked: see its log, and try again.",
            KafkaConnectionFailure.RequestTimedOut => "It may be overloaded or stuck: see its log and 'actors status'.",
            KafkaConnectionFailure.NoCommonVersion => "The broker is too old or too new for this command.",
            _ => "Try again.",
        };
        return $"{failure.Message.TrimEnd('.')}. {advice}";
    }

    /// <summary>The sentence for an error that a broker answered.</summary>
    /// <param name="subject">What was tried: "Topic 'a' was not created".</param>
    /// <param name="error">The broker's error.</param>
    /// <param name="message">The broker's own words, or null.</param>
    public static string For(string subject, ErrorCode error, string? message)
    {
        var (meaning, action) = Explain(error);
        var said = string.IsNullOrWhiteSpace(message) ? meaning : $"{message.TrimEnd('.')}.";
        return string.Join(' ', new[] { $"{subject}: {error.ToKafkaName()}.", said, action }.Where(part => part.Length > 0));
    }

    /// <summary>What an error means, for brokers that do not say it, and what to do about it.</summary>
    private static (string Meaning, string Action) Explain(ErrorCode error) => error switch
    {
        ErrorCode.TopicAlreadyExists => ("A topic of that name exists.", "Choose another name, or delete it first."),
        ErrorCode.UnknownTopicOrPartition or ErrorCode.UnknownTopicId => ("There is no such topic.", "'actors topics list' shows those that exist."),
        ErrorCode.InvalidTopicException => ("A name has 1 to 249 of the characters a-z, A-Z, 0-9, '.', '_' and '-', and is not '.' or '..'.", ""),
        ErrorCode.InvalidReplicationFactor => ("It can be at most the number of brokers.", "'actors status' shows them."),
        ErrorCode.InvalidPartitions => ("A topic has at least one partition.", ""),
        ErrorCode.LeaderNotAvailable or ErrorCode.NotLeaderOrFollower => ("A leader is being chosen.", "Try again."),
        ErrorCode.NotEnoughReplicas or ErrorCode.NotEnoughReplicasAfterAppend => ("Too few replicas are in sync.", "'actors status' shows which brokers are missing."),
        ErrorCode.KafkaStorageError => ("The broker cannot write.", "Its log says whether the disk is full or broken."),
        ErrorCode.UnsupportedVersion => ("The broker is too old or too new for this command.", ""),
        _ when error.IsRetriable() => ("It may pass.", "Try again."),
        _ => ("", ""),
    };

    private static bool IsRefused(KafkaConnectionException failure) =>
        failure.InnerException is SocketException { SocketErrorCode: SocketError.ConnectionRefused };
}
