using System.Buffers;
using Actors.Kafka.Generator;
using Actors.Kafka.Tests.Golden;
using Actors.Kafka.Tests.Model;

namespace Actors.Kafka.Tests.Fuzz;

/// <summary>Valid inputs to begin with, and those that were made of them and are valid again.</summary>
internal sealed class FuzzCorpus
{
    private const int MaxInputs = 6000;

    private readonly List<FuzzInput> _inputs = [];

    public FuzzCorpus(int seed)
    {
        _inputs.AddRange(GoldenRequest.ReadAll().Select(g => new FuzzInput(FuzzTarget.RequestFrame, null, g.Version, g.Frame)));
        foreach (var (codec, version) in ProtocolTable.AllVersions())
        {
            var message = new MessageValues(Seeds.Of(codec.Name, version, seed)) { MaxElements = 2 }.Make(codec, version);
            _inputs.Add(new FuzzInput(FuzzTarget.Message, codec, version, KafkaMessage.ToArray(message, version)));
            if (message is IKafkaRequest request && codec.Definition.Kind == MessageKind.Request)
            {
                var frame = new ArrayBufferWriter<byte>();
                KafkaFrame.WriteRequest(frame, request, version, seed, "fuzz"u8.ToArray());
                _inputs.Add(new FuzzInput(FuzzTarget.RequestFrame, null, version, frame.WrittenSpan[KafkaFrame.PrefixBytes..].ToArray()));
            }
        }
    }

    public int Count => _inputs.Count;

    public FuzzInput Pick(Random random) => _inputs[random.Next(_inputs.Count)];

    public FuzzInput this[int index] => _inputs[index];

    /// <summary>Keeps an input that was accepted, in the place of a random one when there are many.</summary>
    public void Keep(FuzzInput input, Random random)
    {
        if (_inputs.Count < MaxInputs)
        {
            _inputs.Add(input);
        }
        else
        {
            _inputs[random.Next(_inputs.Count)] = input;
        }
    }
}
