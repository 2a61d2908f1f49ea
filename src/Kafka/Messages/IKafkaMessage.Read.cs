namespace Actors.Kafka;

/// <summary>What is known about a message before there is one.</summary>
/// <typeparam name="TSelf">The message's own class.</typeparam>
public interface IKafkaMessage<TSelf> : IKafkaMessage
    where TSelf : class, IKafkaMessage<TSelf>
{
    /// <summary>The lowest version that was ever released.</summary>
    static abstract short LowestVersion { get; }

    /// <summary>The highest version in the tables.</summary>
    static abstract short HighestVersion { get; }

    /// <summary>From here on lengths are compact and structs end with tagged fields; <see cref="short.MaxValue"/> when never.</summary>
    static abstract short FirstFlexibleVersion { get; }

    /// <summary>Reads a message without header or size.</summary>
    /// <param name="reader">At the message's first byte; afterwards behind its last one, or failed.</param>
    /// <param name="version">The version that the bytes are in.</param>
    /// <returns>The message; not to be used when <see cref="KafkaReader.HasFailed"/>.</returns>
    /// <exception cref="UnsupportedVersionException">There is no such version.</exception>
    static abstract TSelf Read(ref KafkaReader reader, short version);
}
