using System.Collections;
using Actors.Gateway.Kafka;
using Actors.Grains.Groups;
using Actors.Grains.Topics;
using Actors.Silo.Options;

namespace Actors.Silo.Tests.Options;

/// <summary>What is written under <c>Kafka</c> and <c>Groups</c> is what the front end and the coordinator are given.</summary>
public sealed class LimitTests
{
    [Fact]
    public void Every_limit_of_the_section_Kafka_reaches_the_front_end_or_the_controller()
    {
        string[] arguments =
        [
            "--Kafka:MaxConnections=11", "--Kafka:MaxRequestBytes=2048", "--Kafka:MaxRequestsInFlight=13", "--Kafka:MaxBytesInFlight=70000",
            "--Kafka:MaxArrivingBytes=2000000", "--Kafka:MaxLeavingBytes=3000000", "--Kafka:MaxFetchBytes=4000", "--Kafka:MaxFetchSessions=5",
            "--Kafka:IdleTimeoutMs=6000", "--Kafka:ReadTimeoutMs=700", "--Kafka:WriteTimeoutMs=800", "--Kafka:AutoCreateTopics=false",
            "--Kafka:DefaultPartitions=9",
        ];

        var kafka = Read(arguments).Get<KafkaOptions>();

        Assert.Equal(
            new KafkaGatewayOptions
            {
                MaxConnections = 11,
                MaxRequestBytes = 2_048,
                MaxRequestsInFlight = 13,
                MaxBytesInFlight = 70_000,
                MaxArrivingBytes = 2_000_000,
                MaxLeavingBytes = 3_000_000,
                MaxFetchBytes = 4_000,
                MaxFetchSessions = 5,
                IdleTimeout = TimeSpan.FromSeconds(6),
                ReadTimeout = TimeSpan.FromMilliseconds(700),
                WriteTimeout = TimeSpan.FromMilliseconds(800),
            },
            kafka.ToGatewayOptions());
        Assert.Equal(new TopicOptions { AutoCreateTopics = false, DefaultPartitions = 9 }, kafka.ToTopicOptions());
        string[] others = ["Host", "Port", "AdvertisedHost", "AdvertisedPort", "DefaultReplicationFactor"];
        Assert.Empty(NotGiven("Kafka", arguments).Except(others));
    }

    [Fact]
    public void Every_limit_of_the_section_Groups_reaches_the_coordinator()
    {
        string[] arguments =
        [
            "--Groups:InitialRebalanceDelayMs=1", "--Groups:MinSessionTimeoutMs=2", "--Groups:MaxSessionTimeoutMs=3", "--Groups:MaxSize=4",
            "--Groups:OffsetsPartitions=5", "--Groups:OffsetsRetentionMs=6",
        ];

        Assert.Equal(
            new GroupOptions
            {
                InitialRebalanceDelayMs = 1,
                MinSessionTimeoutMs = 2,
                MaxSessionTimeoutMs = 3,
                MaxSize = 4,
                OffsetsPartitions = 5,
                OffsetsRetentionMs = 6,
            },
            Read(arguments).Get<GroupSettings>().ToOptions());
        Assert.Empty(NotGiven("Groups", arguments));
    }

    [Fact]
    public void Without_options_the_components_have_their_own_defaults()
    {
        Assert.Equal(new KafkaGatewayOptions(), Read([]).Get<KafkaOptions>().ToGatewayOptions());
        Assert.Equal(new GroupOptions(), Read([]).Get<GroupSettings>().ToOptions());
        Assert.Equal(new TopicOptions(), Read([]).Get<KafkaOptions>().ToTopicOptions());
    }

    /// <summary>Options of a section that the arguments leave out: a new one needs its line above.</summary>
    private static IEnumerable<string> NotGiven(string section, string[] arguments) => SiloConfiguration.Schema.Options
        .Select(option => option.Key)
        .Where(key => key.StartsWith(section + ":", StringComparison.Ordinal) && !Array.Exists(arguments, argument => argument.StartsWith($"--{key}=", StringComparison.Ordinal)))
        .Select(key => key[(section.Length + 1)..]);

    private static BoundOptions Read(string[] arguments)
    {
        var configuration = SiloConfiguration.Read(arguments, new Hashtable(), Path.Combine(Path.GetTempPath(), "there-is-no-such-folder"));
        Assert.Empty(configuration.Mistakes);
        return configuration.Bound;
    }
}
