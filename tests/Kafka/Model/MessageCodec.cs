using System.Collections.Concurrent;
using System.Reflection;
using Actors.Kafka.Generator;

namespace Actors.Kafka.Tests.Model;

/// <summary>One generated message class with its definition, usable without knowing the class.</summary>
internal sealed class MessageCodec
{
    private static readonly ConcurrentDictionary<string, MessageCodec> Known = new(StringComparer.Ordinal);

    private readonly ReadAny _read;

    private MessageCodec(MessageDefinition definition)
    {
        Definition = definition;
        Type = ProtocolTable.TypeOf(definition.ClassName);
        _read = typeof(MessageCodec).GetMethod(nameof(Read), BindingFlags.NonPublic | BindingFlags.Static)!
            .MakeGenericMethod(Type).CreateDelegate<ReadAny>();
    }

    private delegate IKafkaMessage ReadAny(ref KafkaReader reader, short version);

    public MessageDefinition Definition { get; }

    public Type Type { get; }

    public string Name => Definition.ClassName;

    public static MessageCodec Of(MessageDefinition definition) =>
        Known.GetOrAdd(definition.ClassName, _ => new MessageCodec(definition));

    public IKafkaMessage Read(ref KafkaReader reader, short version) => _read(ref reader, version);

    /// <summary>Reads bytes that must be exactly one message.</summary>
    public IKafkaMessage Decode(ReadOnlyMemory<byte> bytes, short version)
    {
        var reader = new KafkaReader(bytes);
        var message = _read(ref reader, version);
        reader.ThrowIfFailed(Name);
        Assert.True(reader.Remaining == 0, $"{Name} v{version} leaves {reader.Remaining} of {bytes.Length} bytes.");
        return message;
    }

    public override string ToString() => Name;

    private static IKafkaMessage Read<TMessage>(ref KafkaReader reader, short version)
        where TMessage : class, IKafkaMessage<TMessage> =>
        TMessage.Read(ref reader, version);
}
