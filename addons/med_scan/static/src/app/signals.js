/** Right, wrong and a question, to be heard and felt without looking. */
const SOUNDS = {
    right: [[1320, 0, 0.09]],
    warning: [
        [880, 0, 0.12],
        [660, 0.15, 0.16],
    ],
    ask: [
        [740, 0, 0.1],
        [988, 0.12, 0.12],
    ],
    wrong: [
        [220, 0, 0.22],
        [180, 0.26, 0.34],
    ],
};
const VIBRATIONS = { right: 40, warning: [60, 60, 60], ask: [60, 60, 60], wrong: [250, 80, 250] };
let audio = null;

export function signal(tone, withSound = true) {
    navigator.vibrate?.(VIBRATIONS[tone] ?? 0);
    if (!withSound) {
        return;
    }
    try {
        audio ??= new AudioContext();
        for (const [hertz, start, length] of SOUNDS[tone] ?? []) {
            const oscillator = audio.createOscillator();
            const gain = audio.createGain();
            const begin = audio.currentTime + start;
            oscillator.type = tone === "wrong" ? "square" : "sine";
            oscillator.frequency.value = hertz;
            gain.gain.setValueAtTime(0.25, begin);
            gain.gain.exponentialRampToValueAtTime(0.001, begin + length);
            oscillator.connect(gain).connect(audio.destination);
            oscillator.start(begin);
            oscillator.stop(begin + length);
        }
    } catch {
        // a phone that may not sound yet still shows and vibrates
    }
}
