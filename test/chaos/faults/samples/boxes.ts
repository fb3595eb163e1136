import type { Samples } from './index.ts'

export const boxes: Samples = {
  'box-background': [{ percent: 50 }, { at: '/predictions', percent: 250, width: 640, height: 480, labels: ['cat', 'dog', 3], score: 0.5, format: 'xywh' }],
  'box-class': [{ labels: ['cat', 'dog'] }, { at: '/predictions', labels: [1, 2, 3], classKey: 'label', percent: 20 }],
  'box-class-and-shift': [{ labels: ['cat', 'dog'], iou: 0.3 }, { at: '/results', labels: ['a'], iou: 0, boxKey: 'box', percent: 1 }],
  'box-duplicate': [{}, { at: '/predictions', factor: 1, scoreKey: 'scores', percent: 50 }],
  'box-miss': [{}, { at: '/predictions', classes: ['cat', 1], belowArea: 1024, belowScore: 0.5, percent: 30 }],
  'box-shift': [{ iou: 0.5 }, { at: '/predictions', iou: 0, format: 'cxcywh', percent: 10 }]
}
