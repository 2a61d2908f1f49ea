using Actors.Kafka.Generator;
using Actors.Kafka.Messages;

namespace Actors.Kafka.Tests.Model;

/// <summary>The definition files as the tests read them, next to the classes that were generated from them.</summary>
internal static class ProtocolTable
{
    private static readonly Lazy<IReadOnlyList<MessageDefinition>> LazyMessages = new(() => [.. Files().SelectMany(f => f.Messages)]);

    private static readonly Lazy<Dictionary<string, MessageCodec>> LazyCodecs = new(() => Messages.ToDictionary(m => m.ClassName, MessageCodec.Of));

    private static readonly Lazy<IReadOnlyList<ErrorDefinition>> LazyErrors = new(() => [.. Files().SelectMany(f => f.Errors)]);

    public static IReadOnlyList<MessageDefinition> Messages => LazyMessages.Value;

    public static IReadOnlyList<ErrorDefinition> Errors => LazyErrors.Value;

    /// <summary>Every message in every version.</summary>
    public static IEnumerable<(MessageCodec Codec, short Version)> AllVersions() =>
        from definition in Messages
        let codec = MessageCodec.Of(definition)
        from version in Enumerable.Range(definition.Versions.Low, definition.Versions.High - definition.Versions.Low + 1)
        select (codec, (short)version);

    public static MessageCodec Codec(string className) => LazyCodecs.Value[className];

    public static Type TypeOf(string name) =>
        typeof(ProduceRequest).Assembly.GetType($"Actors.Kafka.Messages.{name}", throwOnError: true)!;

    private static IEnumerable<DefinitionFile> Files() =>
        Directory.EnumerateFiles(Path.Combine(AppContext.BaseDirectory, "Definitions"), "*.kafka")
            .Order(StringComparer.Ordinal)
            .Select(path => DefinitionParser.Parse(File.ReadAllText(path)));
}
