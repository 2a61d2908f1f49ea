using System.Buffers;
using System.Reflection;
using Actors.Kafka.Tests.Model;

namespace Actors.Kafka.Tests.Messages;

public sealed class RoundTripTests
{
    [Fact]
    public void Every_message_version_and_direction_comes_back_and_is_what_the_table_says()
    {
        var versions = 0;
        foreach (var (codec, version) in ProtocolTable.AllVersions())
        {
            versions++;
            for (var round = 0; round < Seeds.Count(12, 400); round++)
            {
                var seed = Seeds.Of(codec.Name, version, round);
                var message = new MessageValues(seed).Make(codec, version);
                var where = $"{codec} v{version}, seed {seed}";
                var expected = ReferenceEncoder.Encode(codec, message, version);

                var output = new ArrayBufferWriter<byte>();
                KafkaMessage.Write(message, version, output);
                Assert.True(output.WrittenSpan.SequenceEqual(expected), $"{where}: {Convert.ToHexString(output.WrittenSpan)}, expected {Convert.ToHexString(expected)}");
                Assert.True(expected.Length == message.SizeOf(version), $"{where}: SizeOf says {message.SizeOf(version)} of {expected.Length}");

                var back = codec.Decode(expected, version);
                Assert.True(MessageComparer.Difference(message, back, codec.Name) is null, $"{where}: {MessageComparer.Difference(message, back, codec.Name)}");
            }
        }

        Assert.True(versions > 450, $"Only {versions} versions were tried.");
    }

    [Fact]
    public void Defaults_come_back_in_every_version()
    {
        foreach (var (codec, version) in ProtocolTable.AllVersions())
        {
            var message = new MessageValues(1) { DefaultPercent = 101 }.Make(codec, version);
            var back = codec.Decode(KafkaMessage.ToArray(message, version), version);
            Assert.Null(MessageComparer.Difference(message, back, $"{codec} v{version}"));
        }
    }

    [Fact]
    public void A_field_that_the_version_lacks_is_dropped_where_ignorable_and_refused_elsewhere()
    {
        var dropped = 0;
        var refused = 0;
        foreach (var (codec, version) in ProtocolTable.AllVersions())
        {
            foreach (var field in codec.Definition.Body.Fields.Where(f => !f.Versions.Contains(version)))
            {
                var message = new MessageValues(version).Make(codec, version);
                var expected = KafkaMessage.ToArray(message, version);
                codec.Type.GetProperty(field.Name)!.SetValue(message, new MessageValues(2).NotDefault(field, codec.Type, version));
                if (field.IsIgnorable)
                {
                    dropped++;
                    Assert.Equal(expected, KafkaMessage.ToArray(message, version));
                }
                else
                {
                    refused++;
                    var sizing = Assert.Throws<MessageEncodingException>(() => message.SizeOf(version));
                    var writing = Assert.Throws<MessageEncodingException>(() => KafkaMessage.Write(message, version, new ArrayBufferWriter<byte>()));
                    Assert.All([sizing, writing], e =>
                    {
                        Assert.Equal(EncodingProblem.NotInVersion, e.Problem);
                        Assert.Equal(codec.Name, e.MessageName);
                        Assert.Equal(field.Name, e.FieldName);
                        Assert.Equal(version, e.Version);
                    });
                }
            }
        }

        Assert.True(dropped > 100 && refused > 100, $"{dropped} dropped, {refused} refused.");
    }

    [Fact]
    public void A_null_that_the_version_does_not_allow_is_refused()
    {
        var refused = 0;
        foreach (var (codec, version) in ProtocolTable.AllVersions())
        {
            foreach (var field in codec.Definition.Body.Fields.Where(f => f.Versions.Contains(version) && !f.NullableVersions.Contains(version)))
            {
                var property = codec.Type.GetProperty(field.Name)!;
                if (property.PropertyType.IsValueType)
                {
                    continue;
                }

                var message = new MessageValues(version).Make(codec, version);
                property.SetValue(message, null);
                var sizing = Assert.Throws<MessageEncodingException>(() => message.SizeOf(version));
                Assert.Throws<MessageEncodingException>(() => KafkaMessage.Write(message, version, new ArrayBufferWriter<byte>()));
                Assert.Equal((EncodingProblem.NullNotAllowed, field.Name), (sizing.Problem, sizing.FieldName));
                refused++;
            }
        }

        Assert.True(refused > 500, $"{refused} refused.");
    }

    [Fact]
    public void A_version_that_does_not_exist_is_refused_by_name()
    {
        foreach (var definition in ProtocolTable.Messages)
        {
            var codec = MessageCodec.Of(definition);
            foreach (var version in new[] { (short)(definition.Versions.Low - 1), (short)(definition.Versions.High + 1), short.MaxValue, short.MinValue })
            {
                var message = (IKafkaMessage)Activator.CreateInstance(codec.Type)!;
                var refused = Assert.Throws<UnsupportedVersionException>(() => message.SizeOf(version));
                Assert.Throws<UnsupportedVersionException>(() => KafkaMessage.Write(message, version, new ArrayBufferWriter<byte>()));
                Assert.Throws<UnsupportedVersionException>(() => codec.Decode(default, version));
                Assert.Equal((codec.Name, version, (short)definition.Versions.Low, (short)definition.Versions.High), (refused.MessageName, refused.Version, refused.LowestVersion, refused.HighestVersion));
            }
        }
    }

    [Fact]
    public void Unknown_tagged_fields_are_passed_over_and_known_ones_are_read_in_any_order()
    {
        // Body tags of ApiVersions v3: unknown 99, then tag 1 before tag 0, then unknown 5 with a large tag number.
        var bytes = Convert.FromHexString(
            "0000" + "01" + "00000007" // no error, no keys, throttle time 7
            + "05" // five tagged fields
            + "63" + "03" + "aabbcc" // 99: unknown
            + "01" + "08" + "0000000000000009" // 1: finalized features epoch
            + "00" + "0a" + "02" + "0461626300010002" + "00" // 0: one supported feature, abc 1-2
            + "ffffffff0f" + "00" // 2^32-1: unknown, empty
            + "03" + "01" + "01"); // 3: zk migration ready
        var response = KafkaMessage.Read<Actors.Kafka.Messages.ApiVersionsResponse>(bytes, 3);
        Assert.Equal(7, response.ThrottleTimeMs);
        Assert.Equal(9, response.FinalizedFeaturesEpoch);
        Assert.True(response.ZkMigrationReady);
        var feature = Assert.Single(response.SupportedFeatures);
        Assert.Equal(("abc", 1, 2), (feature.Name, feature.MinVersion, feature.MaxVersion));
    }

    [Fact]
    public void Every_class_in_the_assembly_is_in_the_table()
    {
        var classes = typeof(Actors.Kafka.Messages.ProduceRequest).Assembly.GetTypes()
            .Where(t => t.Namespace == "Actors.Kafka.Messages" && !t.IsNested && typeof(IKafkaMessage).IsAssignableFrom(t))
            .Select(t => t.Name).Order(StringComparer.Ordinal);
        Assert.Equal(ProtocolTable.Messages.Select(m => m.ClassName).Order(StringComparer.Ordinal), classes);
    }

    [Fact]
    public void Static_facts_are_the_tables()
    {
        foreach (var definition in ProtocolTable.Messages)
        {
            var type = ProtocolTable.TypeOf(definition.ClassName);
            short Fact(string name) => (short)type.GetProperty(name, BindingFlags.Public | BindingFlags.Static)!.GetValue(null)!;
            Assert.Equal(definition.Versions.Low, Fact("LowestVersion"));
            Assert.Equal(definition.Versions.High, Fact("HighestVersion"));
            Assert.Equal(definition.FirstFlexible, Fact("FirstFlexibleVersion"));
        }
    }
}
