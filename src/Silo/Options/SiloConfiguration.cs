using System.Collections;

namespace Actors.Silo.Options;

/// <summary>All options of the process: read once, checked whole, then handed to the components as records.</summary>
public sealed class SiloConfiguration
{
    /// <summary>The file that is read from the working directory.</summary>
    public const string FileName = "appsettings.json";

    private SiloConfiguration(BoundOptions bound, IReadOnlyList<OptionMistake> mistakes, IReadOnlyList<OptionValue> given)
    {
        Bound = bound;
        Mistakes = mistakes;
        Given = given;
    }

    /// <summary>Every option that exists.</summary>
    public static OptionSchema Schema { get; } = OptionSchema.Of(
        [LoggingRules.Section],
        ("Silo", typeof(SiloOptions)),
        ("Kafka", typeof(KafkaOptions)),
        ("Http", typeof(HttpOptions)),
        ("Log", typeof(LogSettings)),
        ("Groups", typeof(GroupSettings)),
        ("Peering", typeof(PeeringOptions)));

    /// <summary>The options as records.</summary>
    public BoundOptions Bound { get; }

    /// <summary>Everything that is wrong; nothing may start while there is something.</summary>
    public IReadOnlyList<OptionMistake> Mistakes { get; }

    /// <summary>All values as the sources gave them, weakest source first.</summary>
    public IReadOnlyList<OptionValue> Given { get; }

    /// <summary>The section <c>Silo</c>.</summary>
    public SiloOptions Silo => Bound.Get<SiloOptions>();

    /// <summary>The section <c>Kafka</c>.</summary>
    public KafkaOptions Kafka => Bound.Get<KafkaOptions>();

    /// <summary>The section <c>Http</c>.</summary>
    public HttpOptions Http => Bound.Get<HttpOptions>();

    /// <summary>Reads the file, the environment and the arguments; the later ones override the earlier ones.</summary>
    /// <param name="arguments">The arguments of the process, without its own name.</param>
    /// <param name="environment">The environment's variables.</param>
    /// <param name="directory">Where <see cref="FileName"/> is looked for.</param>
    public static SiloConfiguration Read(IReadOnlyList<string> arguments, IDictionary environment, string directory)
    {
        OptionLayer[] layers =
        [
            JsonFileLayer.Read(Path.Combine(directory, FileName)),
            EnvironmentLayer.Read(environment, Schema.SectionNames),
            CommandLineLayer.Read(arguments),
        ];
        var bound = OptionBinder.Bind(Schema, layers);
        OptionValue[] given = [.. layers.SelectMany(layer => layer.Values)];
        return new(bound, [.. bound.Mistakes, .. Clashes(bound), .. LoggingRules.Check(given), .. ExportVariables.Check(environment)], given);
    }

    private static IEnumerable<OptionMistake> Clashes(BoundOptions bound)
    {
        var (kafka, http) = (bound.Get<KafkaOptions>(), bound.Get<HttpOptions>());
        if (kafka.Port != 0 && kafka.Port == http.Port)
        {
            var option = bound.Find<HttpOptions>(nameof(HttpOptions.Port));
            yield return new(option.Option.Key, $"{http.Port}", option.Source, "must differ from Kafka:Port");
        }
    }
}
