"""A camera, its features, a classifier's answers, and which frame each answer is to.

The browser paints when it took a frame into the frame's first rows: bright or dark for each of 28
bits. That time goes the whole way beside the frame and is written, with the width of the longest
bar, when the bars have been told.
"""

from imlkit import ConfidencePlot, Dashboard, HogFeatures, MLPClassifier, Text, Webcam, data_store

BITS = 28

webcam = Webcam(period_ms=100, mirror=False)
features = HogFeatures()
classifier = MLPClassifier()
classifier.load(data_store("kept"), "seen")
told = Text("nothing yet")


def described(image):
    bits = (image[4, 4 :: 224 // BITS].mean(axis=1) > 127).tolist()
    return int("".join("01"[bit] for bit in bits), 2), features.process(image)


def answered(seen):
    taken, x = seen
    return taken, classifier.predict(x)


def words(answer):
    taken, prediction = answer
    return f"{taken} {round(100 * prediction.confidences[prediction.label], 1):g}"


answers = webcam.images.compute(described, policy="latest").compute(answered, policy="latest")
plot = ConfidencePlot(answers.map(lambda answer: answer[1]))
answers.map(words).subscribe(told.value)

app = Dashboard(title="Camera")
app.page("Main").use(webcam, plot, told)
app.servable()
