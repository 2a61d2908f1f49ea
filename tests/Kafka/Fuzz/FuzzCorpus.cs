using System.Buffers;
using Actors.Kafka.Generator;
using Actors.Kafka.Tests.Golden;
using Actors.Kafka.Tests.Model;

namespace Actors.Kafka.Tests.Fuzz;

/// <summary>Valid inputs to begin with, and those that were made of them and are valid again.</summary>
internal sealed class FuzzCorpus
{
    private const int MaxKept = 4000;

    private readonly List<FuzzInput> _inputs = [];
    private readonly List<FuzzInput> _kept = [];

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

    public FuzzInput this[int index] => _inputs[index];

    /// <summary>One of the inputs to begin with, or as often one that was kept.</summary>
    public FuzzInput Pick(Random random) =>
        _kept.Count > 0 && random.Next(2) == 0 ? _kept[random.Next(_kept.Count)] : _inputs[random.Next(_inputs.Count)];

    /// <summary>
    /// Keeps an input that was accepted, in the place of a random one when there are many. One that lost most of its bytes
    /// is not kept: inputs that are always accepted would drive out all others.
    /// </summary>
    public void Keep(FuzzInput input, FuzzInput parent, Random random)
    {
        if (input.Bytes.Length < 8 || input.Bytes.Length < parent.Bytes.Length)
        {
            return;
        }

        if (_kept.Count < MaxKept)
        {
            _kept.Add(input);
        }
        else
        {
            _kept[random.Next(_kept.Count)] = input;
        }
    }
}
