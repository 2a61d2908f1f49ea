using System.Buffers.Binary;
using System.Net.Sockets;

namespace Actors.Bench.LogLoad;

/// <summary>One socket of the <see cref="FloorServer"/>: finds whole frames, keeps the rest, and remembers whom to answer.</summary>
internal sealed class FloorConnection(Socket socket)
{
    private readonly byte[] _input = new byte[4 << 20];
    private byte[] _answers = new byte[64 << 10];
    private int _have;
    private int _answerBytes;

    /// <summary>Reads once and moves every whole frame to the flush.</summary>
    /// <param name="flush">Where the frames go.</param>
    /// <param name="filled">How much of it is taken.</param>
    /// <returns>False when the peer has closed.</returns>
    public bool Receive(Span<byte> flush, ref int filled)
    {
        int read;
        try
        {
            read = socket.Receive(_input.AsSpan(_have, Math.Min(_input.Length - _have, flush.Length - filled)));
        }
        catch (SocketException)
        {
            return false;
        }

        if (read == 0)
        {
            return false;
        }

        _have += read;
        var used = 0;
        while (_have - used >= sizeof(int))
        {
            var size = sizeof(int) + BinaryPrimitives.ReadInt32BigEndian(_input.AsSpan(used));
            if (_have - used < size || flush.Length - filled < size)
            {
                break;
            }

            if (_answerBytes + sizeof(long) > _answers.Length)
            {
                Array.Resize(ref _answers, _answers.Length * 2);
            }

            _input.AsSpan(used + sizeof(int), sizeof(long)).CopyTo(_answers.AsSpan(_answerBytes));
            _answerBytes += sizeof(long);
            _input.AsSpan(used, size).CopyTo(flush[filled..]);
            filled += size;
            used += size;
        }

        _input.AsSpan(used, _have - used).CopyTo(_input);
        _have -= used;
        return true;
    }

    /// <summary>Answers every frame that the last commit has covered, with one write.</summary>
    public void Answer()
    {
        try
        {
            for (var sent = 0; sent < _answerBytes;)
            {
                sent += socket.Send(_answers.AsSpan(sent, _answerBytes - sent));
            }
        }
        catch (SocketException)
        {
            // The next read of this socket reports that it is closed.
        }

        _answerBytes = 0;
    }
}
